//! Two or more words that are one.

use super::Tag::{
    self, Ask, End, Enough, Fed, How, I, It, Keep, Kill, Leave, Matter, May, More, My, No, Not, NotSo,
    Number, Other, Revoke, Send, Skip, Texts, These, They, Want, You,
};
use super::{Language, set};
use crate::words::rule::{Effect, Rule};

/// Each with the tags of the word that they are.
pub(in crate::words) const IDIOMS: &[Rule] = &[
    idiom(
        &[Leave],
        &[
            "block me|us|my|this number|phone? from; opt|opting me|us? out|our; opt my|this|our number|phone|cell? out; \
              opt|opted|opting out; un|on subscribe; un suscribe; ^ count me|us out; sign me|us off|out; leave|lv|leve|let \
              me|us|my|this|our phone|number|family|line|cell|wife|husband|mom? tf|the? hell|fuck|heck? alone|be; leave me|us \
              out; text|message|bother|pester|contact|bug|annoy|harass somebody|someone|anybody|anyone|people else; \
              stay|get|keep the? hell|fuck|heck|f? off my|our|this phone|line|cell; dejen|deje|deja|dejame|dejenme|dejeme|dejanos me|nos? en? \
              paz|tranquilo|tranquila; laissez|laisse|fichez|foutez|foute|lachez moi|nous|la la? \
              tranquille|tranquilles|paix|la|seul|patience; dar|darme|den|denme|dame|deme|darse|doy|quiero me? de baja; de \
              baja; salir|salirme|salgo de",
        ],
    ),
    idiom(
        &[End],
        &[
            "hold off on; stick a fork in; keep your|ur|those|these to yourself|yourselves; knock it|this|that? off; lay off; \
              put a sock in; give it|this|that|me a rest|break; do away with; get rid of; leave off; go easy on; pull the plug \
              on; hang it up; turn off the faucet; cool it; back off; ease|let up; put a stop|end to; bring an end to; bring \
              to a|an end|stop|halt; come to a|an stop|end|halt; cease and|n|nd desist; enough with|of; ya estuvo; ya basta; \
              kill off; call off; d c; chega de; had enough of; pack it|that|this in; put a cork|lid in|on it?; \
              wind down; ease|lay up|off",
        ],
    ),
    idiom(&[End, It], &["cut|knock it|this|that out|off"]),
    idiom(
        &[End, These],
        &[
            "quite|atop|top|stob|stip|stol|step|spot|soop|shop|slop|strop|ztop|dtop|wtop sending|texting|messaging|textin|txting; \
              turn|turning|turned|shut|shutting|switch|switching THE* MESSAGE off|down; cut|turn|shut|switch \
              them|em|these|those off|out|down",
        ],
    ),
    idiom(
        &[Kill],
        &[
            "do|live without; good|set on|with; go away; turn|turning|turned|shut|switch|switched|shutting|switching off|down",
        ],
    ),
    idiom(&[Kill, It], &["turn|shut|switch it|this|that off|down"]),
    idiom(
        &[Not],
        &[
            "do not; no longer; not to; no one; instead of; rather than; let|lets not; none of; no quiero que; ya no; no dey; \
              in no way; dont you|u|yall|ya dare|ever|even; under no circumstances; no deseo que; are never",
        ],
    ),
    idiom(
        &[Not, May],
        &[
            "no need to|for; no point; do you mind not; dont|not have|need to; do not have|need to; no es \
              necesario|necesaria; no hace falta; no necesita|necesitan|tienen; faut plus|pas|pu; no|zero sense|reason|cause to|in|for",
        ],
    ),
    idiom(
        &[Not, Want],
        &["no desire|wish|interest|use|need; no tengo interes; nobody|noone wants|needs|asked|want|need"],
    ),
    idiom(
        &[NotSo],
        &[
            "did|does|have|has|had|was|were|is|are|am|could|can not; never got|gotten|received|recieved|saw|seen|heard|had",
        ],
    ),
    idiom(
        &[Send],
        &[
            "reach|reaching out; hit|hitting|hittin me|us? up; hit|hitting|hittin my|this|our line|phone|cell|inbox up?; blow|blowing|blowin|light|lighting me|us|up my|the? phone|cell? up?; blow|blowing|blowin my|the|our phone|cell up; hear|hearing from you|u|yall|ya|them|your?; follow|following up with; get|getting|keep|be|stay \
              in touch",
        ],
    ),
    idiom(
        &[No, More],
        &["no more|further|mo|mor|mas|additional|future|other; nothing more|further|else"],
    ),
    idiom(
        &[No],
        &[
            "not any more; not another|a; not one|a more|single; ya no mas; sin mas; plus|pas|pu de|d; plus jamais|de de?; no \
              se",
        ],
    ),
    idiom(
        &[Enough],
        &[
            "im|i am|so|totally|we are over; done|finished with; im|am|were through with|reading; had it with; had enough; \
              had my fill; over it",
        ],
    ),
    idiom(
        &[Revoke],
        &["take|takes|taking|took back; change|changed|changing my|our mind"],
    ),
    idiom(
        &[Other],
        &["wrong guy|man|lady|woman|person|dude|one|gal; text and drive"],
    ),
    idiom(&[Matter], &["emergency contact|contacts|number"]),
    idiom(
        &[May, You],
        &["can|could|would|will someone|somebody|anyone|anybody please?"],
    ),
    idiom(&[Fed], &["sick|tired of; fed up"]),
    idiom(
        &[Want],
        &[
            "i d|would rather; would rather; id rather; would like|love|prefer|appreciate; looking for|to; care to|for; \
              interested in; just as soon; much rather",
        ],
    ),
    idiom(&[My, Number], &["my|this|our #|numba|no"]),
    idiom(&[Texts], &["wasting my|our time; massaging|testing|tapping me"]),
    idiom(
        &[Want, I],
        &[
            "make sure|certain i|we; make it so that? i|we; ensure that? i|we; see that i|we; see to it that? i|we",
        ],
    ),
    idiom(&[You], &["you guys|people|all|folks; u guys|people"]),
    idiom(
        &[Ask],
        &["how come; do|should|must|am|was|were i|we; did i|we|you|u|he|she|they|my"],
    ),
    idiom(
        &[Skip],
        &[
            "so that; up and; go ahead and; go on and; any|each and all|every; would|do you mind terribly?; if its|it is|isnt|aint? not? too|that|any* much? trouble|bother|possible|ok|okay; while you|ur|u|youre are? at it; \
              from|after today|tonight|now on|onward|forward|out?; from here|this on|onward|forward|out; as of today|now|tonight; if possible; if you dont mind|object; would|is it be? possible \
              to|for|that?; do you mind; from here|now on out?",
        ],
    ),
    idiom(
        &[They],
        &[
            "that|the|this|my guy|man|lady|person|neighbor|tenant|dude; get|getting|tell|ask|have|told|asked them|em|him|her to",
        ],
    ),
    idiom(&[May], &["have|has|got|need|needs|ought to"]),
    idiom(
        &[How],
        &[
            "where|what do|can|should|must|would i|we; how do|can|to|could|would; what i|we gotta|have|need; whats it gonna \
              take; is there a|any",
        ],
    ),
    idiom(&[Keep, Texts], &["keep em|them coming"]),
    idiom(
        &[Keep],
        &["dont|donot|never forget|hesitate|fail to; do not forget|hesitate|fail to; feel free to"],
    ),
];

const fn idiom(tags: &'static [Tag], patterns: &'static [&'static str]) -> Rule {
    Rule {
        id: "idiom",
        effect: Effect::Means(set(tags)),
        language: Language::English,
        patterns,
    }
}
