//! Automatic notification preferences: which notification goes out by which medium.
//!
//! Choices are kept as they were made. What is shown depends on consent as well: without it every text entry
//! is a dash, and the earlier choice shows again when consent returns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tenant::Tenant;

/// The notifications, each with the name that the screen shows.
pub const TEMPLATES: [(&str, &str); 7] = [
    ("payment_reminder", "Payment reminder"),
    ("late_notice", "Late notice"),
    ("payment_receipt", "Payment receipt"),
    ("move_in", "Move-in"),
    ("move_out", "Move-out"),
    ("rate_change", "Rate change"),
    ("gate_access", "Gate access"),
];

/// A choice for each medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// By e-mail.
    pub email: bool,
    /// On paper.
    pub print: bool,
    /// By text message.
    pub text: bool,
}

impl Default for Media {
    /// What holds until someone chooses.
    fn default() -> Self {
        Self {
            email: true,
            print: false,
            text: false,
        }
    }
}

/// A tenant's choices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    channels: Media,
    /// By template; one that is not there has the default.
    templates: BTreeMap<String, Media>,
}

/// New choices for each medium, where there are any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MediaChanges {
    /// By e-mail.
    pub email: Option<bool>,
    /// On paper.
    pub print: Option<bool>,
    /// By text message.
    pub text: Option<bool>,
}

/// New choices.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// For the channels.
    pub channels: MediaChanges,
    /// For templates, by their ids.
    pub templates: BTreeMap<&'static str, MediaChanges>,
}

/// Whether texts may be selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// The tenant may be texted.
    Selectable,
    /// They may not.
    Unavailable,
}

impl From<&Tenant> for Texts {
    fn from(tenant: &Tenant) -> Self {
        if tenant.can_text() {
            Self::Selectable
        } else {
            Self::Unavailable
        }
    }
}

impl MediaChanges {
    fn apply(self, media: Media, texts: Texts) -> Media {
        Media {
            email: self.email.unwrap_or(media.email),
            print: self.print.unwrap_or(media.print),
            text: match texts {
                Texts::Selectable => self.text.unwrap_or(media.text),
                // It shows false already: submitted as it stands, it changes nothing.
                Texts::Unavailable => media.text,
            },
        }
    }
}

impl Changes {
    /// Whether texts are chosen anywhere: that needs consent.
    pub fn select_texts(&self) -> bool {
        self.templates
            .values()
            .chain([&self.channels])
            .any(|changes| changes.text == Some(true))
    }
}

impl Preferences {
    /// The choices after new ones, which must not [select texts](Changes::select_texts) that are unavailable.
    #[must_use]
    pub fn choose(mut self, changes: &Changes, texts: Texts) -> Self {
        self.channels = changes.channels.apply(self.channels, texts);
        for (template, changes) in &changes.templates {
            let media = self.templates.entry((*template).to_owned()).or_default();
            *media = changes.apply(*media, texts);
        }
        self
    }

    /// What the screen shows.
    pub fn view(&self, texts: Texts) -> PreferencesView {
        let selectable = texts == Texts::Selectable;
        let show = |chosen| if chosen { "on" } else { "off" };
        let templates = TEMPLATES.map(|(id, name)| {
            let media = self.templates.get(id).copied().unwrap_or_default();
            TemplateView {
                id,
                name,
                email: show(media.email),
                print: show(media.print),
                text: if selectable { show(media.text) } else { "dash" },
            }
        });
        let channels = Media {
            text: self.channels.text && selectable,
            ..self.channels
        };
        PreferencesView {
            channels,
            text_selectable: selectable,
            templates,
        }
    }
}

/// The automatic notification preferences as the screen shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreferencesView {
    channels: Media,
    text_selectable: bool,
    templates: [TemplateView; TEMPLATES.len()],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct TemplateView {
    id: &'static str,
    name: &'static str,
    email: &'static str,
    print: &'static str,
    text: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_choice_of_texts_shows_again_when_consent_returns() {
        let texts = MediaChanges {
            text: Some(true),
            ..MediaChanges::default()
        };
        let changes = Changes {
            channels: texts,
            templates: BTreeMap::from([("late_notice", texts)]),
        };
        assert!(changes.select_texts());
        let chosen = Preferences::default().choose(&changes, Texts::Selectable);

        let hidden = chosen.view(Texts::Unavailable);
        assert!(!hidden.channels.text && !hidden.text_selectable);
        assert!(hidden.templates.iter().all(|template| template.text == "dash"));

        let as_shown = MediaChanges {
            text: Some(false),
            print: Some(true),
            ..MediaChanges::default()
        };
        let resubmitted = Changes {
            channels: as_shown,
            ..Changes::default()
        };
        assert!(!resubmitted.select_texts());
        let chosen = chosen.choose(&resubmitted, Texts::Unavailable);

        let shown = chosen.view(Texts::Selectable);
        assert!(shown.channels.text && shown.channels.print && shown.channels.email);
        let texts: Vec<&str> = shown.templates.iter().map(|template| template.text).collect();
        assert_eq!(texts, ["off", "on", "off", "off", "off", "off", "off"]);
    }
}
