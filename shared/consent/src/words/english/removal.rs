//! Requests to be taken off a list, left alone, or written to elsewhere.

use super::super::rule::Rule;
use super::{opt_out, review};

pub(super) const RULES: &[Rule] = &[
    opt_out(
        "phrase.unsubscribe",
        &[
            "unsubscribe|unsub|unsubscribing",
            "unsubscribe|unsub|optout me|us? from|of THE|MATTER* MESSAGE",
            "opt|opted|opting me|us? out of|from THE|MATTER* MESSAGE",
            "opt me|us|my|this .. out",
            "opt|opting out|outta $",
            "opt|opting|optout out? of|from? THE* MESSAGE|everything|marketing|these|this|list|all",
            "want|wish|like|need|trying|try|choose|choosing|elect|am|im|request|requesting|would .. opt|\
             opting out $",
            "please|pls|kindly|hereby|want|like|to optout",
            "^ please|pls|kindly|hereby|i|id* opt $",
            "optout please|me|this|my|now|of|from",
            "opt out my|this .. number|phone|name",
            "opt out all|everything|now|me|us|please|immediately",
            "^ un subscribe|suscribe|sub me|$",
            "^ take|remove me off $",
        ],
    ),
    review(
        "phrase.already_out",
        &[
            "unsubscribed|unsubbed",
            "opted out",
            "removed|deleted|taken from|off THE* LIST",
            "i|we|me|number|name have|has|had|to? be|been|get removed|taken|deleted|dropped off|from|out|\
             as of? THE* LIST|contact|contacts",
            "my|this|our number|name|info be|to|gets* removed|deleted|taken",
            "can|may|could|should i|we|my please? number|name? please? be|get removed|deleted|\
             unsubscribed off|out? $",
            "confirm .. i|we|me .. removed|deleted|optout|opted|unsubscribed off|from|$",
            "^^ removal|removed|deleted please? $$",
            "request|requesting|demand removal|deletion from|$|of my|number",
        ],
    ),
    opt_out(
        "phrase.asked_removal",
        &[
            "asked|want|wish|like|need|requested|ask|request|asking|demand|told|required you? to|2|that? \
             i|we|my? number? to? be removed|deleted|unlisted|unsubscribed|taken|dropped|stricken|optout|\
             opted|off",
            "appreciate|love|prefer|like being|getting removed|unsubscribed|deleted|taken",
            "want|like|need|get me|us|my|this number? removed|off|out|unsubscribed|deleted $|from|please|off",
        ],
    ),
    opt_out(
        "phrase.remove_me",
        &[
            "REMOVE me|us|myself|mine|him|her|them off|from|out|of|fro|form|frm of? THE* LIST",
            "take|remove me|us|myself off|out $",
            "REMOVE me|us from $",
            "REMOVE off|from THE* list|lists",
            "want|need|like|asked|ask|wish to be removed|taken|deleted|dropped from|off THE|MATTER* list|\
             lists|MESSAGE",
            "^ get off|outta my phone|line|cell",
            "REMOVE me|us off|from|out of? THE|MATTER* MESSAGE",
            "REMOVE me|us|this|number|phone|name off|from|out of? your|ur|this|all|the .. list|lists|\
             database|system|systems|file|files|records|program|service",
            "^ block my|this|our number|phone|cell",
            "PLAINLY_REMOVE me|us please|pls|now|asap|immediately|$|from|and|i",
            "PLAINLY_REMOVE from THE* LIST|$",
            "REMOVE|REMOVE my|our|this|the|his|her|that|me|us|KIN* MY_NUMBER MY_NUMBER* off|from|out of? \
             THE* LIST|YOU",
            "PLAINLY_REMOVE my|this|our|his|her|these|the|me MY_NUMBER MY_NUMBER* $|asap|from|please|and|\
             off|immediately|now|i|we|or|it",
            "^ PLAINLY_REMOVE|scrub|purge my|this|the|our|all* MY_NUMBER+ $",
            "REMOVE my|this|our MY_NUMBER MY_NUMBER* off|out $",
            "off your|ur|this|yall|that|the THE* list|lists|rolodex|database|mailing",
            "REMOVE me|us off|out of|this|these|your LIST",
            "lose|loose my|this|the #|number|digits|contact|info|$",
            "^ forget|delete|burn|erase|trash my|this|the number|contact|phone|info|digits|cell $|and|\
             please|from|now",
            "remove|delete this|my number|phone|cell|contact $|now|from|please|and|or|immediately",
            "^^ REMOVE NUMBER+ $$",
            "leave|exit|quit this|the|your list|group|chat|thread|program|service",
            "^ take|get me off|outta $",
            "get|getting rid of my|this|our MY_NUMBER MY_NUMBER* $|from|please|and|off",
            "REMOVE off|out my|this|the MY_NUMBER MY_NUMBER* $|from|off|please|of",
            "^^ take off please? $$",
            "get me|us outta|out of? THE* this|these|list|lists|group|chat|thread|MESSAGE",
            "stay|get|keep out|off of? my phone|line|cell|messages|inbox",
            "drop|destroy|trash|burn|blacklist|shred|toss|dump my|this|our number|#|digits|info|contact $",
            "throw away|out my|this|our number|#|digits|info|contact",
            "throw my|this|our number|#|digits|info|contact away|out",
            "x|mark|cross|cut|scratch me|us off|out $",
            "x out my|this|me number? $",
            "list|mark|flag|set|note me|us|my|this number? as|down|for* do|no not? call|contact|text",
            "put me|us|my|this number? down? as|for do|no not? call|contact|text",
            "^ off THE* list|lists $",
            "^ leave list|group|chat|thread $",
            "request|requesting|requested|asking|asked multiple|several|NUMBER|many|few|already|a|times|\
             you|u|twice|OTHER* to? be? removed|removal|deleted|unsubscribed $",
            "request|requesting|requested|asking|asked multiple|several|NUMBER|many|few|already|a|times|\
             you|u|twice|OTHER* to be taken|dropped off|out $",
        ],
    ),
    opt_out(
        "phrase.leave_alone",
        &[
            "leave|lv|leve me|us .. alone|be $",
            "leave me|us the? hell|fuck|heck|f alone",
            "leave me|us alone|be",
            "leave my|this phone|number|family|wife|husband|mom .. alone",
            "let me|us be $",
            "^ count me|us out $",
            "^ exclude|omit me|us|my $|from|number",
            "be|been excluded|omitted $|from",
            "leave me|us out of? this|it|these|MESSAGE $",
            "leave me|us out of THE* MESSAGE|LIST",
            "leavemealone",
        ],
    ),
    opt_out(
        "phrase.other_channel",
        &[
            "instead|rather of|than texting|text|texts|messaging|txt|txts|sms|messages",
            "prefer|rather .. email|emails|call|calls|mail|phone .. to|over|instead|than|not of|to? \
             texting|texts|text|messages",
            "not|nor by|via|through text|texts|sms|message|messaging|txt",
            "email|mail|call|phone me? not text|texts|texting|txt",
        ],
    ),
    review(
        "phrase.other_channel_only",
        &[
            "email|mail|letters|mailing|writing only $",
            "only|just contact|reach|communicate|notify me|us|with .. email|mail|writing|letter|phone|mail",
            "contact|reach|communicate|correspond|notify me|us|with .. email|mail|writing|letter|phone only",
            "in writing only",
            "^ use email|mail only|instead? $",
            "^ email|mail|write me|us? instead $",
            "^^ i|we NOT text|txt|texting $$",
            "^ this|my phone|cell|number|line does|doesnt|cant|can|cannot|wont not? GET|accept|take|\
             support THE* texts|text|messages|texting|sms $",
            "cant|cannot|unable|doesnt|not to? accept|receive|accepting THE* texts|text|messages|sms here|\
             anymore|at|on|$",
            "^^ MESSAGE not accepted|allowed|permitted $$",
            "only .. in writing",
            "NOT use|do|accept|believe THE* texting|texts|text|messages|messaging",
            "^ i|id|we|would prefer|rather email|emails|mail|paper|phone|calls calls? $",
        ],
    ),
];
