//! The tenants of the demo facility. Invented, with numbers that are kept free for such use.

/// The number at which the facility can be texted.
pub(crate) const NUMBER: &str = "+15125550100";

/// A tenant.
pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) cell_phone: Option<&'static str>,
    pub(crate) units: &'static [&'static str],
    pub(crate) created_on: &'static str,
    /// What happened since they were registered.
    pub(crate) steps: &'static [Step],
}

/// Something that changes consent, or might.
pub(crate) enum Step {
    /// Staff click the check box on the profile; what it shows then.
    Profile(bool),
    /// The tenant clicks the check box at the portal; what it shows then.
    Portal(bool),
    /// The tenant texts the facility.
    Text(&'static str),
}

use Step::{Portal, Profile, Text};

const fn person(
    id: &'static str,
    name: &'static str,
    cell_phone: &'static str,
    units: &'static [&'static str],
    created_on: &'static str,
    steps: &'static [Step],
) -> Person {
    Person {
        id,
        name,
        cell_phone: Some(cell_phone),
        units,
        created_on,
        steps,
    }
}

/// Everybody. Those from before 2023-09-26 start with a grandfathered grant.
#[rustfmt::skip]
pub(crate) const PEOPLE: &[Person] = &[
    // Never asked.
    person("t-ada", "Ada Moreno", "+15125550142", &["A101"], "2024-03-18", &[]),
    person("t-abernathy", "Walter Abernathy", "+15125550101", &["A102"], "2025-01-06", &[]),
    person("t-nguyen-minh", "Minh Nguyễn", "+15125550102", &["A103", "A104"], "2025-02-14", &[]),
    person("t-okafor", "Chidi Okafor", "+15125550103", &["B210"], "2025-04-01", &[]),
    person("t-lindqvist", "Åsa Lindqvist", "+15125550104", &["B211"], "2025-06-30", &[]),
    person("t-delacroix", "Hélène Delacroix", "+15125550105", &["C007"], "2025-08-19", &[]),
    person("t-sato", "Haruto Sato", "+15125550106", &["C008"], "2026-01-02", &[Text("What time does the gate close on Sunday?")]),
    person("t-whitfield", "Grace Whitfield", "+15125550107", &["D330"], "2026-05-11", &[]),
    person("t-first-day", "Marcus Bell", "+15125550108", &["D331"], "2023-09-26", &[]),
    // No cell phone: nobody can be asked, not even one from before.
    Person { id: "t-kowalski", name: "Stanisław Kowalski", cell_phone: None, units: &["E001"], created_on: "2021-07-04", steps: &[] },
    Person { id: "t-hendricks", name: "Opal Hendricks", cell_phone: None, units: &[], created_on: "2025-11-20", steps: &[] },
    // Agreed at the front desk.
    person("t-garcia-jose", "José García", "+15125550110", &["A110"], "2024-01-09", &[Profile(true)]),
    person("t-fischer", "Zoë Fischer", "+15125550111", &["A111"], "2024-02-20", &[Profile(true)]),
    person("t-johnson-tanya", "Tanya Johnson", "+15125550112", &["A112", "B112"], "2024-05-03", &[Profile(true), Text("Thanks! Is there a dolly I can borrow?")]),
    person("t-obrien", "Siobhán O'Brien", "+15125550113", &["B220"], "2024-07-15", &[Profile(true)]),
    person("t-patel-anika", "Anika Patel", "+15125550114", &["B221"], "2024-09-01", &[Profile(true)]),
    person("t-muller", "Jürgen Müller", "+15125550115", &["B222"], "2024-12-12", &[Profile(true)]),
    person("t-washington", "Denise Washington", "+15125550116", &["C015"], "2025-03-27", &[Profile(true)]),
    person("t-yilmaz", "Gökçe Yılmaz", "+15125550117", &["C016"], "2025-10-08", &[Profile(true)]),
    // Agreed at the portal.
    person("t-rossi", "Niccolò Rossi", "+15125550120", &["A120"], "2024-04-22", &[Portal(true)]),
    person("t-chen-wei", "Wei Chen", "+15125550121", &["A121"], "2024-06-05", &[Portal(true)]),
    person("t-santos", "João Santos", "+15125550122", &["B230"], "2024-08-17", &[Portal(true)]),
    person("t-dubois", "François Dubois", "+15125550123", &["B231"], "2024-10-29", &[Portal(true)]),
    person("t-kaplan", "Miriam Kaplan", "+15125550124", &["C020"], "2025-05-14", &[Portal(true), Text("I'll stop by at 5 to drop off the key")]),
    person("t-novak", "Jiří Novák", "+15125550125", &["C021"], "2025-07-23", &[Profile(true), Profile(false), Portal(true)]),
    person("t-brooks", "Latisha Brooks", "+15125550126", &["D340", "D341", "D342"], "2026-02-09", &[Portal(true)]),
    // Agreed by a text. The Ramans share a phone.
    person("t-raman-priya", "Priya Raman", "+15125550130", &["A130"], "2024-11-11", &[Text("START")]),
    person("t-raman-arjun", "Arjun Raman", "+15125550130", &["A131"], "2024-11-11", &[]),
    person("t-castillo", "Inés Castillo", "+15125550131", &["B240"], "2025-01-30", &[Text("STOP"), Text("start")]),
    person("t-mbeki", "Thabo Mbeki", "+15125550132", &["C030"], "2025-09-05", &[Text("Start.")]),
    // From before 2023-09-26.
    person("t-thompson", "Ruth Thompson", "+15125550140", &["A140"], "2016-05-23", &[]),
    person("t-ivanova", "Ekaterina Ivanova", "+15125550141", &["A141"], "2018-10-01", &[]),
    person("t-hernandez", "Raúl Hernández", "+15125550143", &["B250"], "2019-03-14", &[]),
    person("t-jensen", "Søren Jensen", "+15125550144", &["B251"], "2020-08-08", &[]),
    person("t-park", "Ji-woo Park", "+15125550145", &["C040"], "2022-12-31", &[]),
    person("t-last-day", "Eleanor Voss", "+15125550146", &["C041"], "2023-09-25", &[]),
    // From before as well, and on hold until somebody has read their text.
    person("t-hughes", "Odessa Hughes", "+15125550147", &["C042"], "2021-04-09", &[Text("You have the wrong number")]),
    // Withdrawn at the front desk.
    person("t-campbell", "Ian Campbell", "+15125550150", &["A150"], "2024-03-03", &[Profile(true), Profile(false)]),
    person("t-suarez", "Begoña Suárez", "+15125550151", &["B260"], "2024-08-26", &[Portal(true), Profile(false)]),
    person("t-reed", "Calvin Reed", "+15125550152", &["C050"], "2017-02-02", &[Profile(false)]),
    // Withdrawn at the portal.
    person("t-ali", "Fatima Ali", "+15125550160", &["A160"], "2024-05-19", &[Portal(true), Portal(false)]),
    person("t-andersson", "Björn Andersson", "+15125550161", &["B270"], "2025-02-28", &[Profile(true), Portal(false)]),
    person("t-price", "Vernon Price", "+15125550162", &["C060"], "2015-11-30", &[Portal(false)]),
    // Withdrawn by a text.
    person("t-lopez", "Mariana López", "+15125550170", &["A170"], "2024-06-21", &[Profile(true), Text("STOP")]),
    person("t-dvorak", "Anežka Dvořáková", "+15125550171", &["B280"], "2025-04-10", &[Portal(true), Text("Please stop texting me")]),
    person("t-foster", "Jamal Foster", "+15125550172", &["C070", "C071"], "2014-09-09", &[Text("Stop")]),
    person("t-young", "Bernice Young", "+15125550173", &["D350"], "2026-03-16", &[Text("unsubscribe")]),
    // And not the tenant's number any more: somebody has to read that, too.
    person("t-farrow", "Lionel Farrow", "+15125550174", &["D351"], "2025-12-01", &[Profile(true), Text("Wrong number, stop")]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_enough_and_all_are_different() {
        let ids: BTreeSet<_> = PEOPLE.iter().map(|person| person.id).collect();
        assert_eq!(ids.len(), PEOPLE.len());
        assert!(PEOPLE.len() >= 40);
        let units: Vec<_> = PEOPLE.iter().flat_map(|person| person.units).collect();
        assert_eq!(
            units.iter().collect::<BTreeSet<_>>().len(),
            units.len(),
            "nobody rents another's unit"
        );
    }
}
