//! Revocations in legal words, in protest and in anger.

use super::super::rule::Rule;
use super::{hint, review};

pub(super) const RULES: &[Rule] = &[
    hint(
        "phrase.threat",
        &[
            "report|reporting|reported|turning|turn|filing|filed|marked|marking|mark .. \
              fcc|ftc|spam|junk|harassment|phishing; sue|suing|lawsuit|lawyer|attorney|legal|police|court|damages|charges .. \
              harassment|harassing|texting|texts|spam; this|its|thats is|as? \
              harassment|harrassment|harassing|unsolicited|phishing; ^ this|its|thats is|as? spam $|and|stop; \
              you|u|yall|ur|youre are|r? harassing|harrassing|spamming|bothering|annoying|disturbing|bugging|pestering me|us; \
              ^^ this|its|thats is? so|very|really|getting* annoying $$; ^^ im? so|just* tired|sick|fed up? of|with \
              this|it|these|you|yall $$; unsolicited|unwanted MESSAGE; fcc|ftc; sue|suing you|u|ya|yall|your \
              ass|asses|company? $; suing $; will|gonna|going|ill|to|can sue $; you|youll|u|ull|yall will|be|gonna|are* \
              hear|hearing from my|our lawyer|lawyers|attorney|attorneys; next|another|one MESSAGE .. \
              lawyer|attorney|sue|suing|fcc|court|harassment; attorney|lawyer|lawyers|attorneys will|is .. \
              contact|contacting|calling|hear you|u|from $; ^ blocked|reported|block|report and|n \
              blocked|reported|block|report|deleted you|this? $; ^ block|report me|us|this|it $; block|blocking|blocked \
              you|u|yall|ur|this number|sender|ass|$|now|today|asses; block|blocking|blocked your|ur|this number|ass|asses; \
              gonna|going|will|ill|im to? block|blocking|report|reporting you|u|yall|your|this|number; youre|u|ur|you \
              are|will|r? be? blocked $|from|now; your|this|ur number is|was|will|has be|been? blocked; ^^ \
              blocking|blocked|reported|reporting|spamming $$; ^^ this|its|thats|looks|sounds|another|more|total is? like? \
              a|an|the|total|another|complete* scam|fraud|scams|fraudulent|fake alert|call|text? $$; ^ scam alert $; ^ \
              im|ive|i|am|have|will|be* reporting|reported you|u|yall $; ^^ im|ive|i|am|have|will|be* reporting|reported this \
              number? $$; ^ i|ive|im|ill|we .. file|filed|filing|lodge|lodged|submitted|submitting a|an|formal|official? \
              complaint $; calling|contacting|notifying|emailing .. attorney general|bbb; ^ see you|u|ya|yall in court $; \
              for|to my|our lawyer|attorney $; spam|scam texts|text|message|messages|number; ^ spam|scam $; \
              spammer|scammer|spammers|scammers|spamming",
        ],
    ),
    hint(
        "phrase.never_agreed",
        &[
            "NEG sign|signed|signup|opt|opted|subscribe|subscribed|enroll|enrolled|register|registered up|in? to|for|4 \
              this|these|it|that|any|your; NEG sign|signed|opt|opted up|in $; NEG remember|recall \
              signing|opting|subscribing|agreeing|giving|asking up|in|for|to|you|my|permission|this|these|$; NEG \
              subscribe|subscribed $; NEG ask|asked|request|requested for|to? this|these|it|any|that? $; NEG ask|asked \
              you|u|yall|to to|be TEXT|contact|text|TEXTED; NEG ask|asked|request|requested for? these|MESSAGE; NEG \
              give|gave|given|provide|provided you|u|yall|anyone|them? my|this number|phone|cell|info|permission|consent \
              $|to|for; howd|whered you|u|yall|they|ya get|find|have|obtain|got my|this number|info|#|cell|contact; how|where \
              did|do you|u|yall|they get|find|obtain|have my #; ^ i|we? do|did? NEG agree|agreed|authorize|authorized|approve \
              to? this|these $; how|where did|do|you|u you|u|yall|they? get|find|have|obtain|got|gotten my|this \
              number|info|cell|phone|contact|information; who|whoever gave|give you|u|yall|them|out? my|this \
              number|cell|info|phone|information; ^^ who tf|the|hell|fuck|heck|f+ is|are|r this|you|u dis? $$; how|where \
              did|do|d you|u|yall they? get|find this|the|my #; who told|said .. text|contact me; why am|are|do|im|is i|we|my \
              phone? still|keep|always|even|constantly* GET THE* MESSAGE; why am|are|do|im i|we \
              still|keep|always|even|constantly* GET these|this|them|those|all $|from|still|anymore|on|of; why|y \
              are|r|do|is|u|am|yall? you|u|they|yall|someone|i still|keep|constantly|always|even|being* \
              texting|messaging|contacting|bothering|harassing|spamming|text|txt|txting|contact|message|texted; why|y are|r|do \
              you|u|they|yall still|keep|constantly|always* sending|send me|us THE* MESSAGE|these|this $|every|all|to|still; \
              why .. keep .. texting|texted|MESSAGE; still|keep|constantly GET THE* MESSAGE|these|this \
              $|from|after|even|every|on|about; you|u|yall|they|people keep|kept|continue|keeps|still|are|continued to? \
              texting|text|contacting|message|messaging|harassing|bothering|spamming|txting me|us|this|my|after|even|$; \
              you|u|yall|they keep|kept|continue|still to? sending|send me|us? THE* MESSAGE|these|this",
        ],
    ),
    // Anger at the sender, in any spelling of the curse. A curse about the gate ("the fucking gate") is not this.
    review(
        "phrase.anger",
        &["^^ \
              fu|fuckyou|fuckoff|fuckyall|fck|fuck|fuckers|fucker|stfu|gtfo|foff|kma|motherfucker|motherfuckers|asshole|assholes|bitch|dickhead|idiots|bastards|bastard|scumbags|scum \
              $$; ^^ \
              die|pos|liar|liars|fraud|frauds|fake|fraudulent|crooks|crook|thieves|stalker|stalkers|pest|pests|nuisance|creep|trash|garbage|losers|loser \
              $$; ^^ piece of shit|crap|trash $$; ^^ so? annoying|harassment|harassing|creep|creeps|weirdo|perv $$; ^^ \
              fuck|f**k|f*ck|fck|fuk|fk|screw|eff|damn|f you|u|off|yall|ya|this|yourself you|u|all|guys|people|assholes|bitch? \
              $$; ^^ go to hell $$; ^^ piss|p*ss|buzz|bugger|sod|eff|naff off $$; ^^ get lost|bent|stuffed $$; ^^ eat \
              shit|sh*t $$; ^^ go? kiss|suck|bite|eat|lick my|me|it .. $$; ^^ drop dead $$; ^^ shut the? fuck|hell|f? up $$; \
              ^^ ugh? go|get away|lost $$; ^^ get a? life $$; ^^ up yours $$; ^^ take a hike $$; ^^ back off $$; ^^ beat it \
              $$; ^^ hate these|this $$"],
    ),
    hint(
        "phrase.anger_within",
        &[
            "fuck|f**k|f*ck|fck|fuk|fuq|fk|f|phuck|fcuk|fvck|f***|f**|f*k|fu*k|fuckin|eff \
              you|u|off|yourself|ya|yall|urself|yourselves|this|ur|yo; fuck|fuk|fck off|outta|outa|right|all|out \
              here|off|of|this|you|that? $; you|youre|u|ur are|r? a|an nuisance|pest|stalker|creep|scammer|fraud|liar; \
              fuckyou|fuckoff|stfu|gtfo|fuckyall; go fuck|f**k|screw|f*ck|f|fck|kill|eff|fk yourself|urself|off|yourselves|ur; \
              go jump in|off; go? pound|kick sand|rocks|bricks $; ^ beat|scram it? $; go|burn|rot|see to|in|you hell|h*ll; \
              piss|p*ss|buzz|bugger|sod|back|bug|eff|naff|jog off|of $|you|u|and; ^ get lost|bent|stuffed|fucked|rekt $; eat \
              shit|sh*t; ^ suck|kiss|lick|eat my|it|a|deez|me; kiss my ass|butt|a**; ^ go|gtfo|get the? fuck|hell|f? \
              away|die|outta $; go away; ^ shut|stfu|shutup the? fuck|hell|f? up $; ^ shutup $; drop dead; ^ bite me $; ^ \
              screw|damn|eff|frick you|u|yall|off; ^ screw|damn|eff|frick this $; ^ f|fuck|screw|eff|damn|forget|shove THE* \
              MESSAGE $; ^ shove it|them|this $|up; you|youre|u|ur are|r? fucking|a|an|all|bunch* of? \
              asshole|assholes|bitch|scum|scumbags|scammers|pest|pests; take a hike; ^ get a? life $; up yours|urs; up \
              your|ur|yalls ass|butt|asses; hate|loathe THE* MESSAGE|texts|texting; MESSAGE|these|youre|ur|you|u are|is|r? \
              so|very|super|really|fucking* annoying",
        ],
    ),
];
