//! Plain requests for no more texts: stop, do not, no more.

use super::super::rule::Rule;
use super::{opt_out, review};

pub(super) const RULES: &[Rule] = &[
    // "Stop texting me", "stop the messages".
    opt_out(
        "phrase.stop_texting",
        &[
            "STOP|end|cancel|stops with|w? THE* TEXTING",
            "STOP|end|cancel with|w? THE|MATTER* MESSAGE",
            "^ top TEXTING me|us|this",
            "STOP CALLING|call and|or|nd|n? TEXTING|MESSAGE",
            "STOP TEXT|send|sending|write me|us|my|this|THE|$",
            "STOP receiving|getting|GET THE* MESSAGE|these|this|them",
            "STOP to send|text|message|contact",
            "STOP send|sends|sent",
            "STOP reaching|hitting|blowing|lighting|filling out|me|my|up",
            "STOP using|use my|this .. number|phone|info|cell|contact",
            "STOP trying|attempting to contact|reach|text|sell|call|message",
            "STOP|NOT waste|wasting my|your|ur|yalls|yours|our time|breath|energy|money|data",
            "STOP|NOT hmu",
            "NOT hit up my|me|this",
            "STOP selling|marketing|advertising|pushing",
            "^ STOP all|with THESE|this|it|that|contact|communications|correspondence|calls",
            "STOP all|any|further|future .. contact|communication|communications|correspondence",
            "knock|cut it off|out $",
            "interested stop|unsubscribe|remove|delete|lose",
            "what part of stop|no|unsubscribe|dont|not|remove",
            "STOP adding|putting|including me|my|us",
            "STOP sell|share|sharing|giving .. number|info|information",
            "STOP this|the|your|all? harassment|nonsense|bullshit|shit|bs|crap|insanity|madness|\
             foolishness|spam",
            "NOT stop TEXTING|MESSAGE for stop",
        ],
    ),
    opt_out(
        "phrase.must_stop",
        &[
            "WANT|would|id|need|needs|require|demand|ask|asking|tell|telling|beg|begging|insist|request|\
             requesting|say|wish you|u|yall|it|this|these|them|THE* MESSAGE? people|guys? to? STOP $",
            "WANT|would|need .. MESSAGE .. STOP|end|ended|stopped",
            "MESSAGE|these|this|they needs|need|has|have|must|should|gotta|got|better to? to? STOP|cease \
             $|today|tonight",
            "MESSAGE to STOP|end|cease",
            "make|making|get it|this|these|them|you|the MESSAGE? to? stop",
            "can|could|would|will|must|should|wont|cant you|u|yall|we|this|these MESSAGE? people|guys? \
             all|both? stop|quit $",
            "said|told|texted|txted|replied|responded|typed|wrote|sent|saying|texting|replying|asked|\
             asking|say|keep .. you|u|them|yall|people? to? stop|unsubscribe|optout",
            "you|yall|people|guys stop it|this|that $",
            "so|then stop|quit $",
            "many|hundred|several|few|multiple|three|NUMBER times do|must|should|have|will|can|i|we|to* \
             say|tell|ask|text|type|reply|write|told|asked|said .. stop|unsubscribe|remove|removed",
            "you|u|yall need|have|must|should|better|gotta|hafta|got to? to? stop|quit $",
            "you|they|u|yall|MESSAGE wont|never|dont|cant|doesnt not? stop|quit $",
            "if|unless|until|why you|u|they|yall|these|MESSAGE MESSAGE? dont|wont|doesnt|do|does not? \
             stop|end",
            "if .. MESSAGE continue|dont|persist|keep",
            "if i|we get|receive|see .. more|another MESSAGE",
            "anymore|again|more stop $",
            "you|u|they|yall|wont|still|if wont|never|dont|not|doesnt stop TEXTING|CALLING",
            "im|i|am am? asking|telling|begging|ordering|demanding|requesting|instructing you .. stop|\
             cease|remove|leave",
            "how do|can|to|would|does i|you|we|a|one* stop|unsubscribe|optout|opt|end|cancel GET|all|out? \
             of? THE* MESSAGE|THESE",
            "how do|can|to|would i|you|we|one* stop|unsubscribe|optout $",
            "how do|can|to i|you|we|one* opt out $",
            "when will|do|does THESE|MESSAGE MESSAGE? stop|end",
            "is|any there|way a|any? way? to stop|unsubscribe|optout|opt out? of? GET? THE* MESSAGE|these|\
             this|$",
            "^ i|ive|we|please|now|again|once said|repeat|say|told|mean|more|again stop $",
            "^ it|this stops now $",
            "notice|request|demand|notification to STOP|cease|desist $",
            "enough with the|these|your|all|this|already",
            "enough MESSAGE|already",
            "enough of THE* MESSAGE|crap",
            "enough of this|these $",
            "^ enough is enough $",
            "^ thats|that is? enough|plenty $",
            "^ give it a rest $",
            "chill|chillout|ease|lay|cool|slow|calm|go|let it? off|up|down|out|easy? with|on? THE* MESSAGE $",
            "understand|comprehend|get|hear .. word? stop|unsubscribe|no $",
            "STOP massaging me|us",
            "^^ stop for the|my last|second|third|fourth|fifth|tenth|final|NUMBER|OTHER time $$",
            "who .. is|are|r this|you|u stop $",
            "give me|us a break with|from THE* MESSAGE",
            "after|since i|ive|we|i texted|said|replied|sent|told|asked|typed|responded|text|sending|saying .. \
             stop|unsubscribe|cancel|optout",
            "how do|can|to i|we? get|be out|off|removed|out of|from? here|this|these|THE* LIST|it $",
        ],
    ),
    opt_out(
        "phrase.do_not_text",
        &[
            "NOT TEXT",
            "NOT CALL or|and|nor|n TEXT",
            "NOT be texting|messaging|contacting|TEXTED",
            "^ NOT texting|messaging|contacting|spamming",
            "NOT try|attempt|continue|keep|start to? TEXT|TEXTING|reach",
            "NOT continue|keep|start to? send|sending me|us|THE MESSAGE|these|this|$",
            "NOT send|forward me|us? no? THE* MESSAGE",
            "^ no? NOT send|sent me|us? no|any|any? more? these|this|them|those|that|anything|nothing|\
             another|shit|stuff|things|crap|none|one|more anymore|again|please|to|else|from|$",
            "NOT want you|u|yall|them|anyone|nobody|people|your .. TEXT|TEXTING|messaging|reaching|reach",
            "NOT send $",
            "NOT send more|any|no .. MESSAGE|texts",
            "NOT reach out",
            "NOT hit|text me up",
            "NOT use|share|keep my|this|THE* number|phone|cell|information|info|contact",
            "may|shall|must|should not TEXT|contact",
            "are|is not authorized|allowed|permitted|welcome to TEXT|contact|send",
            "id|would|wish|want|rather|like|prefer|appreciate .. you|u|it|they|yall .. didnt|not|dont|\
             stopped|wouldnt|never TEXT|send|contact|texting|texted|sending|contacting",
            "MESSAGE|these|this are|is|r unwelcome|unwanted|unsolicited|unappreciated|intrusive|invasive",
            "MESSAGE are|is|arent not|never|no? longer? welcome|wanted|appreciated|needed|allowed",
            "refrain|desist|abstain from TEXTING|sending|contact|further|any|THE",
            "i|we forbid|prohibit you|any|further",
            "^ no TEXTING|text|texts|txt|messages|sms|message|more|send me|please|pls|anymore|text|texts|\
             message|messages|my|$",
            "no send|text|message me .. more|no|message|messages|again|please|anymore|text|texts",
            "nobody|noone asked|wants THE* MESSAGE|you|u|yall",
            "not to be? TEXTED",
            "not to TEXT|send|contact me|us|this|MESSAGE",
            "avoid|quit|halt TEXTING",
            "NOT disturb|bother me|us|my",
            "NOT send|sent|forward me|us any? more? these|this|those|them|anything|stuff|crap|more|any anymore|\
             again|please|to|ever|from|$",
            "NOT send any? more anymore|please|to|$",
            "NOT you|u|yall|ya TEXT|send|sending",
            "NOT be sending|TEXTING",
            "^^ do? NOT disturb|bother $$",
            "^ do? NOT disturb $",
        ],
    ),
    opt_out(
        "phrase.do_not_want",
        &[
            "NEG longer? WANT|interested|looking to|in|for|2? GET .. MESSAGE",
            "NEG longer? WANT|interested to|in|2? receive|receiving|get|getting|recieve|recive|have|see \
             THE* these|this|them|those|anything anymore|ever|again|please|from|on|at|any|now|no|$",
            "NEG WANT|need|care|asking|appreciate|welcome for|to|about? THE* MESSAGE",
            "NEG WANT THE* TEXTING",
            "NEG WANT these|them|texts|those anymore|please|ever|again|any|sent|on|coming|to|no|$",
            "NEG WANT|trying to|2? be TEXTED|marketed|reached|messaged|added|notified",
            "NEG WANT|trying to|2? be on|in|part of? this|your|the|any|ur THE* LIST",
            "NEG WANT .. TEXTED",
            "NEG WANT any|further|more|no|to|THE* contact from|with|$|by",
            "NEG WANT to|2? hear|anything|nothing|shit from|to .. you|u|yall|do|$",
            "NEG WANT .. hear from .. you|u|yall|$",
            "prefer|rather|wish|choose|elect|want|like|ask|asked not to? be? TEXTED",
            "prefer|rather|wish|choose|elect|want|like|ask|asked not to? GET .. MESSAGE|these|this|them",
            "decline|refuse|object|opposed|reject to? GET? THE* MESSAGE|contact",
            "NEG sign|signup|signed|subscribe|subscribed|asked|ask|request|requested|consent|consented|\
             agree|agreed|authorize|authorized up? to|for|2? to? be|receive|receiving|get|getting|being? \
             THE* MESSAGE|TEXTED",
            "no|not longer wish|want|desire|care|need|interested to|for|in? .. MESSAGE|TEXTED|these",
            "NOT need|want THE* MESSAGE|these anymore|any|thanks|please|from|$",
            "tired|sick|fed|annoyed|over|done|finished of|up|with|by with? TEXTING? getting|receiving|you|\
             your|being? THE* MESSAGE|TEXTED|texting",
            "want|wanna|need|id|like|get to? get? me? out|off|outta of? this|your|the|ur list|lists|group|\
             chat|thread|thing|texts|messages|texting|text|marketing",
            "^ i|we want|wanna off|out $",
            "want|wanna out|off of? THE* LIST",
            "want|wish|like nothing to do",
        ],
    ),
    review(
        "phrase.do_not_want_these",
        &[
            "^ i|we? do? NEG want these|this|them $",
            "too|so many|much THE* MESSAGE",
            "NOT want|wanna talk|speak|chat to|with YOU",
            "dont|not|longer want this|it anymore|again $",
            "NEG WANT no|any more of? these|this|$",
            "NOT like THE* MESSAGE|texting",
            "NEG longer? WANT to|2? participate|receive|subscribe anymore|$",
            "^^ i|we? do? NOT want this|any|$ $$",
            "^^ i|we? do? NOT need this $$",
            "^^ do? NOT reply|respond $$",
            "NEG longer? WANT this|the|your|any service|program|subscription $|anymore|please|any",
        ],
    ),
    opt_out(
        "phrase.no_more",
        &[
            "no|not more|further|additional|future THE* MESSAGE",
            "^ no THE* MESSAGE $",
            "^ no more|further|mo of? THESE|please|pls|$",
            "no further|future|additional|more contact|contacts|contacting|outreach",
            "^^ no mo $$",
            "^ no contact|communication|communications $",
            "TEXT|call me|us? no more",
            "no more from YOU",
            "nomore THE* MESSAGE",
            "no texting",
            "last|final warning|text|message|time .. STOP|remove|texting",
            "no more TEXTING",
        ],
    ),
    opt_out(
        "phrase.contact_ends",
        &[
            "cease|desist|terminate|discontinue|end|suspend|halt|stop THE* MESSAGE|contact|communication|\
             communications|sending|correspondence|TEXTING|outreach|solicitation",
            "cease and|n desist",
            "^^ c and? d $$",
            "cease|desist $",
            "discontinue|suspend .. MESSAGE|texting|these $|to|on|immediately|from|now",
            "turn|shut|switch|turning off THE* MESSAGE",
            "turn|shut|switch THE* MESSAGE off",
            "disable|deactivate|mute|pause|block|silence THE* MESSAGE",
            "turn|shut these|them off|down $",
        ],
    ),
];
