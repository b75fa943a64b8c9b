//! Who listens on a port of this machine.

use std::fmt;

/// A process, by its number and what it was called with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) id: u32,
    pub(crate) command: String,
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "process {} ({})", self.id, self.command)
    }
}

/// The process that listens on `port`, as far as the system tells: it does of processes of the same user.
#[cfg(target_os = "linux")]
pub(crate) fn listener(port: u16) -> Option<Process> {
    use std::fs;

    // "sl local remote state tx:rx tr:when retransmits uid timeout inode", numbers in hexadecimal; state 0A listens.
    let sockets: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| {
            table
                .lines()
                .filter_map(|line| {
                    let fields: Vec<&str> = line.split_whitespace().collect();
                    let (_, local) = fields.get(1)?.rsplit_once(':')?;
                    let listens = u16::from_str_radix(local, 16) == Ok(port) && *fields.get(3)? == "0A";
                    listens.then(|| format!("socket:[{}]", fields.get(9).unwrap_or(&"")))
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let holds = |id: u32| {
        let files = fs::read_dir(format!("/proc/{id}/fd")).ok()?;
        let mut files = files.filter_map(|file| fs::read_link(file.ok()?.path()).ok());
        files.find(|file| sockets.iter().any(|socket| file.as_os_str() == socket.as_str()))
    };
    let processes = fs::read_dir("/proc").ok()?;
    let mut ids = processes.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let id = ids.find(|&id| holds(id).is_some())?;
    let command = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let command = String::from_utf8_lossy(&command).replace('\0', " ");
    Some(Process {
        id,
        command: command.trim().to_owned(),
    })
}

/// The process that listens on `port`, as far as `lsof` tells.
#[cfg(not(target_os = "linux"))]
pub(crate) fn listener(port: u16) -> Option<Process> {
    use std::process::Command;

    let ask = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let id = ask("lsof", &["-nP", "-t", "-sTCP:LISTEN", &format!("-iTCP:{port}")])?;
    let id = id.lines().next()?.to_owned();
    let command = ask("ps", &["-o", "args=", "-p", &id])?;
    Some(Process {
        id: id.parse().ok()?,
        command,
    })
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[test]
    fn this_process_is_found() {
        let listening = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listening.local_addr().unwrap().port();
        let found = listener(port).unwrap();
        assert_eq!(found.id, std::process::id());
        assert!(!found.command.is_empty());
        drop(listening);
        assert_eq!(listener(port), None);
    }
}
