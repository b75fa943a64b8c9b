//! Senses of the same words that have nothing to do with texting, and what counts as filler.

use super::Language::{self, English};
use super::rule::{Effect, Rule};

const fn ordinary(id: &'static str, language: Language, patterns: &'static [&'static str]) -> Rule {
    Rule {
        id,
        effect: Effect::Ordinary,
        language,
        patterns,
    }
}

const fn filler(id: &'static str, patterns: &'static [&'static str]) -> Rule {
    Rule {
        id,
        effect: Effect::Filler,
        language: English,
        patterns,
    }
}

/// The rule that knows our own footer, "Reply STOP to opt out".
pub(super) const FOOTER: &str = "guard.footer";
/// The rule that knows a stop that is not wanted, "don't stop the texts".
pub(super) const NEGATED: &str = "guard.negated";

pub(super) const RULES: &[Rule] = &[
    filler(
        "filler.word",
        &[
            "FILLER; thank you|u very|so much|kindly; thanks so|very much; n|and thanks|thank|thx|ty|tysm; thank you|u; thanks you|u; good \
              morning|afternoon|evening|day|night|bye|god; god bless; have a .. day|night|one|evening|weekend|week; right now; \
              at once; my god|goodness; oh my; por favor; sil vous plait; s il vous plait; from now on; once and for all; if \
              you|u; yours truly|sincerely; if possible; as soon as possible; for good; today please; from this number; to \
              this number; this is .. request|notice|warning|time; for the last|third|second|tenth|100th|millionth time",
        ],
    ),
    filler(
        "filler.signature",
        &["sent|send from|via my|a|the .. \
              iphone|ipad|phone|android|samsung|galaxy|verizon|tmobile|mobile|smartphone|device|mail|yahoo|outlook; sent from \
              NAME|OTHER|yahoo|outlook|mail; get outlook for ios|android; enviado desde mi \
              iphone|telefono|celular|samsung|android|ipad; envoye de mon iphone|ipad|telephone|cellulaire|android|samsung; on \
              my|the go"],
    ),
    // "I'll stop by at 5", "can I stop in after work".
    ordinary(
        "guard.stop_by",
        English,
        &["stop|stopping \
              by|over|off|past|along|around|round|there|here|down|up|for|when|before|after|first|byy|bye|thru|through|somewhere|stopby; \
              stop|stopping in $; stop|stopping in|at|on \
              the|your|my|our|a|after|before|around|and|to|at|about|person|tomorrow|today|this|tonight|later|NUMBER|MATTER; \
              stop|stopping at NAME|OTHER|NUMBER|home; stop|stopping to|and|2 \
              get|see|pick|drop|pay|look|talk|sign|grab|check|show|use|ask|say|eat|buy|chat|visit|measure|view|meet; stopby"],
    ),
    ordinary(
        "guard.stop_noun",
        English,
        &[
            "bus|next|last|full|pit|truck|rest|non|door|short|one|dead|train|first|final|whistle|gas|metro|subway|fuel|quick \
              stop; one|NUMBER|2|two|three|few|couple more stop|stops; stop \
              sign|signs|light|lights|watch|loss|order|motion|gap|orders; a|each|every|another|my stop; nonstop; what|which \
              stop; at|near|from the .. stop",
        ],
    ),
    ordinary(
        NEGATED,
        English,
        &[
            "NOT|wont|cant|didnt|doesnt|couldnt|wouldnt|isnt|arent|without|cannot \
              stop|quit|unsubscribe|unsub|cancel|end|revoke|optout|stopping|unsubscribing|remove|delete; NOT opt out|me out; \
              NOT want|wanna|mean|ask|asked|try|trying|intend|need|wish|like|going|planning|have|request|requested \
              you|u|yall|to|for|be|get|my|me|us* \
              stop|unsubscribe|unsub|opt|optout|cancel|revoke|removed|unsubscribed|quit|end; NOT say|said|text|reply|send|type \
              with|to|the|word* stop|unsubscribe|cancel; didnt|never \
              mean|say|ask|want|try|intend|text|reply|said|request|requested|asked|replied|sent|meant \
              you|to|say|text|send|type|reply|hit|press|for|be|get|my|me|us* \
              stop|unsubscribe|unsub|opt|optout|cancel|removed|unsubscribed|quit; NOT take|remove|drop|delete me|my|us \
              off|out|from|number|name; NOT block me|us|this|my; NOT want|need|wish|like THE* MESSAGE to? \
              stop|stopped|end|ended; NOT leave me alone; he|she|they|KIN|OTHER|NAME wont|doesnt|dont|didnt leave me|us alone; \
              NOT lose|delete my .. number; hope|hoping you|they|it|yall NOT|wont stop; no need|reason to .. \
              stop|unsubscribe|cancel|opt; NOT wrong number; nothing can|will stop; NOT you stop",
        ],
    ),
    // The name of a phone's mode, as in what phones answer by themselves, and things that are not to be disturbed.
    ordinary(
        "guard.do_not_disturb",
        English,
        &[
            "is|was|were|im|am|are|be|been|its|phone|cell|it|put|went|goes on do NOT disturb; \
              in|with|the|my|a|have|has|had|use|using|enable|enabled do NOT disturb; set|put|turned|switched|goes|went .. to \
              do NOT disturb; do? NOT disturb while|when? OTHERING|NAME? mode|is|was|setting|settings|turned|enabled; do? NOT \
              disturb|bother the|a|an|your|his|her|their|other|those|anyone|anybody|others \
              OTHER|NAME|MATTER|KIN|other|customers|tenants|on|in|at",
        ],
    ),
    // Our own footer, sent back: "Reply STOP to opt out". Alone it is a STOP (`keyword.footer`).
    ordinary(
        FOOTER,
        English,
        &[
            "reply|text|txt|send|type|say|respond with? stop|end|quit|cancel|unsubscribe|help|arret|alto to|2|for \
              opt|end|quit|cancel|unsubscribe|stop|help|info|optout|be|remove|not; stop|end|quit|cancel to|2|for \
              opt|end|quit|cancel|unsubscribe|stop|optout|be out?; stop|stops|stopped|stopping means|meaning; \
              responda|responde|envie|envia|texto stop|alto|baja|parar para; repondez|envoyez|textez stop|arret pour",
        ],
    ),
    // "I gave you the wrong number", "wrong number on my bill".
    ordinary(
        "guard.wrong_number",
        English,
        &[
            "gave|given|enter|entered|typed|put|wrote|used|punched|provided|listed|pressed|input|charged|has|shows|says .. \
              the|a|my wrong number|person|one|code|unit|phone|card|address; i|we|ive|i have|did .. \
              gave|give|enter|entered|dialed|typed|put|called|wrote|used|punched|have|texted|call|dial|text wrong \
              number|person; wrong phone? number on|for|in the|my|our|this|file|NUMBER|door|it|gate|unit; is|was this|that|it \
              the wrong number; wrong name|unit|code|card|address|date|amount|size; wrong number|person of|in for? MATTER; \
              wrong person|one on|for|in the|my; says|saying|said|shows|keeps|get|getting .. wrong|invalid number; im|am|not \
              a? customer|tenant yet; am|not not? a? customer|tenant yet",
        ],
    ),
    ordinary(
        "guard.leave_alone",
        English,
        &[
            "leave it|them|that|him|her alone; leave my|the !phone|cell|number|line|inbox|family|mom|mother|wife|husband alone; leave me|us a|the|some|your|with|my; go away \
              for|on|next|this|to|in|until; back off the|of",
        ],
    ),
    ordinary(
        "guard.start",
        English,
        &[
            "no|not|dont|never|cant|wont|didnt|doesnt start|restart|resume|subscribe|opt|resubscribe|optin|unstop; start \
              over|with|by|at|my|the|a|on|of|up|date|time|OTHERING|NUMBER|from|moving|paying; \
              to|can|when|does|did|will|i|we|you|want|car|wont|the start|resume|subscribe $",
        ],
    ),
    // What phones and other businesses' machines send by themselves.
    Rule {
        id: "machine",
        effect: Effect::Machine,
        language: English,
        patterns: &[
            "^^ auto|automatic|automated|autoreply|autoresponse|autoresponder \
              reply|response|message|text|replying|respond|autoreply; ^^ autoreply|autoresponse; this is an|a \
              automatic|automated|auto; out of the? office; away message; focus is on; not receiving notifications; delivered \
              quietly; is not monitored; driving with do; do NOT disturb while driving; ill|will see|read your message|text \
              when",
        ],
    },
];
