//! Revocations in legal words, in protest and in anger.

use super::super::rule::Rule;
use super::{opt_out, review, review_regardless};

pub(super) const RULES: &[Rule] = &[
    // Legal wording.
    opt_out(
        "phrase.revoke",
        &[
            "revoke|withdraw|withdrawing|revoking|rescind|rescinding|retract|withdrawn|revoked|cancel|\
             terminate|withdrew|pull|revocation|withdrawal .. consent|permission|authorization|\
             authorisation|approval|agreement|texts|texting|messages",
            "consent|permission|authorization is|has|was|to|are .. revoked|withdrawn|rescinded|denied|\
             over|cancelled|terminated|gone|ended",
            "consent|permission .. revoked|withdrawn|rescinded",
            "you|u|yall|they lack THE* consent|permission",
            "you|u|yall|they|have|has|had|got no THE* permission|consent to TEXT|contact|$",
            "honor|respect|process my|this|the .. request|optout|opt|stop|wishes",
            "optout|removal|unsubscribe request",
            "you|u|yall|they do? NOT have|got|had THE* permission|consent|authorization to TEXT|contact|\
             send|message|use",
            "you|u|yall|they do? NOT have|got|had THE* permission|consent|authorization $",
            "NEG consent|consented|consenting $",
            "NEG consent|consented|consenting to|for THE* MESSAGE|TEXTED|receive|receiving|be|being|get|\
             getting|contact|TEXTING",
            "NEG consent|consented to this|these|any|it $",
            "NEG authorize|authorized|permit|agree|agreed|allow .. MESSAGE|TEXTED|texting|contact",
            "NEG give|gave|given|grant|granted you|u|yall|anyone|them? THE* permission|consent|\
             authorization to|for? TEXT|TEXTING|contact|send|call|message|use|$",
            "TEXTING|texted|text|contacting|messages|contacted|texts me|us? .. without|wo .. consent|\
             permission|authorization",
            "^ no consent|permission $",
            "who gave|give|gives you|u|yall|them permission|consent|authorization to? TEXT|contact|$",
            "put|add|place|register me|us|my|this .. do|no not? call|contact|text",
            "do not|no call|contact|text|solicit list|registry",
            "dnc|tcpa|donotcall",
            "not call|contact|text registry|list",
            "i|we hereby|formally|officially revoke|request|demand|notify|opt|withdraw|unsubscribe",
            "unlawful|illegal|illegally MESSAGE|contact|texting|TEXTING",
            "NEG giving|granting|authorizing|allowing you|u|yall|anyone? THE* permission|consent|authorization",
            "^ without my|our|any consent|permission|authorization $",
            "^ no consent|permission|authorization given|granted|here|for $|this|texts",
            "NEG consenting|consent to this|these|texts|it|$",
            "youre|ur|you|u|yall are|r? not allowed|authorized|permitted|welcome to? TEXT|contact|send|\
             message|$",
            "^^ withdraw|revoke .. consent|permission $$",
            "considered|constitute|constitutes|be|consider harassment",
        ],
    ),
    review(
        "phrase.threat",
        &[
            "report|reporting|reported|turning|turn|filing|filed|marked|marking|mark .. fcc|ftc|spam|junk|\
             harassment|phishing",
            "sue|suing|lawsuit|lawyer|attorney|legal|police|court|damages|charges .. harassment|harassing|\
             texting|texts|spam",
            "this|its|thats is|as? harassment|harrassment|harassing|unsolicited|phishing",
            "^ this|its|thats is|as? spam $|and|stop",
            "you|u|yall|ur|youre are|r? harassing|harrassing|spamming|bothering|annoying|disturbing|\
             bugging|pestering me|us",
            "^^ this|its|thats is? so|very|really|getting* annoying $$",
            "^^ im? so|just* tired|sick|fed up? of|with this|it|these|you|yall $$",
            "unsolicited|unwanted MESSAGE",
            "fcc|ftc",
            "sue|suing you|u|ya|yall|your ass|asses|company? $",
            "suing $",
            "will|gonna|going|ill|to|can sue $",
            "you|youll|u|ull|yall will|be|gonna|are* hear|hearing from my|our lawyer|lawyers|attorney|\
             attorneys",
            "next|another|one MESSAGE .. lawyer|attorney|sue|suing|fcc|court|harassment",
            "attorney|lawyer|lawyers|attorneys will|is .. contact|contacting|calling|hear you|u|from $",
            "^ blocked|reported|block|report and|n blocked|reported|block|report|deleted you|this? $",
            "^ block|report me|us|this|it $",
            "block|blocking|blocked you|u|yall|ur|this number|sender|ass|$|now|today|asses",
            "block|blocking|blocked your|ur|this number|ass|asses",
            "gonna|going|will|ill|im to? block|blocking|report|reporting you|u|yall|your|this|number",
            "youre|u|ur|you are|will|r? be? blocked $|from|now",
            "your|this|ur number is|was|will|has be|been? blocked",
            "^^ blocking|blocked|reported|reporting|spamming $$",
            "^^ this|its|thats|looks|sounds|another|more|total is? like? a|an|the|total|another|complete* \
             scam|fraud|scams|fraudulent|fake alert|call|text? $$",
            "^ scam alert $",
            "^ im|ive|i|am|have|will|be* reporting|reported you|u|yall $",
            "^^ im|ive|i|am|have|will|be* reporting|reported this number? $$",
            "^ i|ive|im|ill|we .. file|filed|filing|lodge|lodged|submitted|submitting a|an|formal|\
             official? complaint $",
            "calling|contacting|notifying|emailing .. attorney general|bbb",
            "^ see you|u|ya|yall in court $",
            "for|to my|our lawyer|attorney $",
            "spam|scam texts|text|message|messages|number",
            "^ spam|scam $",
            "spammer|scammer|spammers|scammers|spamming",
        ],
    ),
    review(
        "phrase.never_agreed",
        &[
            "NEG sign|signed|signup|opt|opted|subscribe|subscribed|enroll|enrolled|register|registered up|\
             in? to|for|4 this|these|it|that|any|your",
            "NEG sign|signed|opt|opted up|in $",
            "NEG remember|recall signing|opting|subscribing|agreeing|giving|asking up|in|for|to|you|my|\
             permission|this|these|$",
            "NEG subscribe|subscribed $",
            "NEG ask|asked|request|requested for|to? this|these|it|any|that? $",
            "NEG ask|asked you|u|yall|to to|be TEXT|contact|text|TEXTED",
            "NEG ask|asked|request|requested for? these|MESSAGE",
            "NEG give|gave|given|provide|provided you|u|yall|anyone|them? my|this number|phone|cell|info|\
             permission|consent $|to|for",
            "howd|whered you|u|yall|they|ya get|find|have|obtain|got my|this number|info|#|cell|contact",
            "how|where did|do you|u|yall|they get|find|obtain|have my #",
            "^ i|we? do|did? NEG agree|agreed|authorize|authorized|approve to? this|these $",
            "how|where did|do|you|u you|u|yall|they? get|find|have|obtain|got|gotten my|this number|info|\
             cell|phone|contact|information",
            "who|whoever gave|give you|u|yall|them|out? my|this number|cell|info|phone|information",
            "^^ who tf|the|hell|fuck|heck|f+ is|are|r this|you|u dis? $$",
            "how|where did|do|d you|u|yall they? get|find this|the|my #",
            "who told|said .. text|contact me",
            "why am|are|do|im|is i|we|my phone? still|keep|always|even|constantly* GET THE* MESSAGE",
            "why am|are|do|im i|we still|keep|always|even|constantly* GET these|this|them|those|all $|\
             from|still|anymore|on|of",
            "why|y are|r|do|is|u|am|yall? you|u|they|yall|someone|i still|keep|constantly|always|even|\
             being* texting|messaging|contacting|bothering|harassing|spamming|text|txt|txting|contact|\
             message|texted",
            "why|y are|r|do you|u|they|yall still|keep|constantly|always* sending|send me|us THE* MESSAGE|\
             these|this $|every|all|to|still",
            "why .. keep .. texting|texted|MESSAGE",
            "still|keep|constantly GET THE* MESSAGE|these|this $|from|after|even|every|on|about",
            "you|u|yall|they|people keep|kept|continue|keeps|still|are|continued to? texting|text|\
             contacting|message|messaging|harassing|bothering|spamming|txting me|us|this|my|after|even|$",
            "you|u|yall|they keep|kept|continue|still to? sending|send me|us? THE* MESSAGE|these|this",
        ],
    ),
    review(
        "phrase.other_revocation",
        &[
            "STOP CALLING",
            "STOP with|w? THE* CALLS|calling",
            "no|not more|further THE* CALLS|calling",
            "^^ do? NOT CALL $$",
            "^^ no phone|cell? call|ring $$",
            "dont|donot|not CALL|ring me|us|this|my|here|number again|anymore|any|number|ever|$",
            "NEG want|wish|like|need to? GET? be? THE* CALLS|called|emailed",
            "never call|email me|us|this|here again|number|$",
            "^ no calls|emails|robocalls|calling|solicitors|soliciting",
            "STOP blowing up",
            "^ end it|this|these|them $",
            "^^ cancel|end|delete THESE $$",
            "cancel|end|delete THE* MESSAGE|texts|alerts",
            "if you|u|ya|yall TEXT|contact|send|message me|us|this? again|one|another",
            "^^ cancel|end|remove|delete me|us $$",
            "text|contact|message me|us again|one more? time? and|or? i|ill|im|my",
            "you|u|yall do? NOT need|have to keep? TEXT|TEXTING me|us|$",
        ],
    ),
    review_regardless(
        "phrase.other_channel_revoked",
        &[
            "REMOVE|unsubscribe|unsub|opt|optout me|us? out? from|of|off THE* newsletter|newsletters|\
             emails|email|mailing|calls|call|calling|emailing",
            "STOP TEXTING? me|us? THE* calls|phonecalls|emails|email $",
            "STOP CALLING and|or|nd|n CALLING",
        ],
    ),
    // Anger at the sender, in any spelling of the curse. A curse about the gate ("the fucking gate") is not this.
    review(
        "phrase.anger",
        &[
            "fuck|f**k|f*ck|fck|fuk|fuq|fk|f|phuck|fcuk|fvck|f***|f**|f*k|fu*k|fuckin|eff you|u|off|\
             yourself|ya|yall|urself|yourselves|this|ur|yo",
            "^^ fu|fuckyou|fuckoff|fuckyall|fck|fuck|fuckers|fucker|stfu|gtfo|foff|kma|motherfucker|\
             motherfuckers|asshole|assholes|bitch|dickhead|idiots|bastards|bastard|scumbags|scum $$",
            "fuck|fuk|fck off|outta|outa|right|all|out here|off|of|this|you|that? $",
            "^^ die|pos|liar|liars|fraud|frauds|fake|fraudulent|crooks|crook|thieves|stalker|stalkers|\
             pest|pests|nuisance|creep|trash|garbage|losers|loser $$",
            "^^ piece of shit|crap|trash $$",
            "you|youre|u|ur are|r? a|an nuisance|pest|stalker|creep|scammer|fraud|liar",
            "fuckyou|fuckoff|stfu|gtfo|fuckyall",
            "go fuck|f**k|screw|f*ck|f|fck|kill|eff|fk yourself|urself|off|yourselves|ur",
            "go jump in|off",
            "go? pound|kick sand|rocks|bricks $",
            "^ beat|scram it? $",
            "go|burn|rot|see to|in|you hell|h*ll",
            "piss|p*ss|buzz|bugger|sod|back|bug|eff|naff|jog off|of $|you|u|and",
            "^ get lost|bent|stuffed|fucked|rekt $",
            "eat shit|sh*t",
            "^ suck|kiss|lick|eat my|it|a|deez|me",
            "kiss my ass|butt|a**",
            "^ go|gtfo|get the? fuck|hell|f? away|die|outta $",
            "go away",
            "^ shut|stfu|shutup the? fuck|hell|f? up $",
            "^ shutup $",
            "drop dead",
            "^ bite me $",
            "^ screw|damn|eff|frick you|u|yall|off",
            "^ screw|damn|eff|frick this $",
            "^ f|fuck|screw|eff|damn|forget|shove THE* MESSAGE $",
            "^ shove it|them|this $|up",
            "you|youre|u|ur are|r? fucking|a|an|all|bunch* of? asshole|assholes|bitch|scum|scumbags|\
             scammers|pest|pests",
            "take a hike",
            "^ get a? life $",
            "up yours|urs",
            "up your|ur|yalls ass|butt|asses",
            "hate|loathe THE* MESSAGE|texts|texting",
            "MESSAGE|these|youre|ur|you|u are|is|r? so|very|super|really|fucking* annoying",
            "^^ so? annoying|harassment|harassing|creep|creeps|weirdo|perv $$",
        ],
    ),
];
