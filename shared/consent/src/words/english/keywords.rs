//! Words that are a message, or a clause, of their own.

use super::super::rule::{Effect, Rule};
use super::{opt_out, review, review_unless_answering, rule};

pub(super) const RULES: &[Rule] = &[
    // Keywords: a clause or a message of their own. The regulation's seven words, 47 CFR 64.1200(a)(10), come first.
    opt_out(
        "keyword.stop",
        &[
            "^ stop $; ^ remove|unsubscribe $; request|notice|time to be removed|taken $|off; ^ cease and|n|nd|or? desist; ^^ \
              c and|n? d $$; ^^ stop i|we|im|ive|this|these|dont|you|u|why|who|or|because; ^ MESSAGE off $; ^ \
              its|it|thats|that|word|answer|reply is? stop|quit|unsubscribe $; ^ the word|answer is \
              stop|quit|unsubscribe|end|cancel $; ^ stop|quit|end|unsubscribe is what|the; many times .. \
              say|tell|ask|text|type .. stop|unsubscribe|remove; what part of stop|no|unsubscribe|dont; NOT|did|do|didnt \
              you|i|u not? understand|say|tell|said .. stop|unsubscribe; ^ i|we|already|ive* have? \
              said|texted|replied|sent|typed stop|unsubscribe already|twice|NUMBER|times|before|many|last* week|times|ago? $; \
              stop|unsubscribe doesnt|isnt|dont|not|didnt work|working; told you|u|yall \
              people|guys|all|twice|already|before|NUMBER|times* to? stop|quit|unsubscribe $; \
              put|add|place|register|list|mark|flag me|us|my|this .. do|dnc no|not? call|contact|text|list; ^ PLAIN_KEYWORD $; \
              ^ stop all|everything|it|this|these|them|that|mf|u|you|all? of? it|this|these|them|that? $; ^ stop \
              STOP|end|cancel|unsubscribe+ $; ^ stop it|this|that you|u|yall OTHER OTHER? $; ^ stop or else; ^^ stop \
              🛑|⛔|🚫|✋|❌|🙅* stop $$; 🚫|⛔|❌|🛑|✋ THE* MESSAGE; my|the reply|answer|response is stop|unsubscribe|cancel|quit|end \
              $; ^ reply|answer|response is? stop|unsubscribe|cancel|quit|end $; stop|optout|unsubscribe|out is my \
              reply|answer|response; ^ replying|texting|sending|typing stop like|as|per|because|so|to .. $; ^^ stop today|tonight|forever|henceforth $$; ^^ stop for good|life|ever|real $$; ^^ \
              STOP|cancel|end this|the|your? service|program|list|number|enrollment $$; ^^ \
              unfollow|unjoin|delist|unenroll|blacklist|unregister|deregister me|us|my|this? number? $$; ^^ stop \
              x|xx|xxx|xo|xoxo $$; stop|unsubscribe please|pls|plz $; please|pls|plz|just|omg|god stop|unsubscribe $",
        ],
    ),
    opt_out(
        "keyword.unsubscribe",
        &[
            "un sign me|us up; ^^ unsubscribe|unsub|revoke|revoked|optout all|everything|this|it|me|us? $$; ^ i revoke $; ^ opt out $; ^^ no \
              opt out $$",
        ],
    ),
    opt_out("keyword.quit", &["^^ quit $$; ^ quit it|this $"]),
    opt_out("keyword.cancel", &["^^ cancel|end|cancle|cancell $$"]),
    // A tenant may have meant the unit or the contract, so somebody looks.
    review(
        "keyword.cancel_it",
        &["^^ cancel|end|cancle|cancell it|this|that|all|everything|me|these|them|now $$"],
    ),
    opt_out(
        "keyword.several",
        &[
            "^ STOP|end|cancel|unsubscribe|optout to|2|or|and|means|mean? KEYWORD+ $; ^^ KEYWORD KEYWORD+ $$; ^ \
              PLAIN_KEYWORD|quit KEYWORD+ $; ^ stop to|2|or|and opt out $; ^ opt out or|and? KEYWORD $",
        ],
    ),
    opt_out(
        "keyword.remove",
        &[
            "^^ remove|removed|removeme|rmv $$; ^ remove|unlist me|us|number|please|name $; ^^ exit|td $$; ^^ block|blocked \
              $$; ^^ x|xx|xxx $$; ^^ desist|cease|terminate|discontinue|halt|stopping $$; ^^ REMOVE me|us off|out? $$",
        ],
    ),
    opt_out("keyword.sign", &["^^ 🛑 $$"]),
    review(
        "keyword.hand",
        &["^^ ✋|🚫|🖕|⛔|📵|🔕|❌|🤚|🙅|🤬|🖐|⏹|🔇|🤐|⏸ ✋|🚫|🖕|⛔|📵|🔕|❌|🛑|🤚* $$; 🖕"],
    ),
    review("keyword.first", &["^^ quit|end|remove|revoke|exit|desist $"]),
    review_unless_answering("keyword.letter", &["^^ s $$"]),
    // Names texts, consent or enrolment, so that it answers no question about anything else.
    review(
        "keyword.refusal",
        &[
            "^^ opt|dnc|spam|scam|junk|scammer|spammer|scammers|spammers $$; ^^ i object $$; ^^ please? \
              unlist|unenroll|unregister|deregister|disenroll me|us? $$; ^^ please? disconnect me|us $$; ^^ \
              disable|disabled|deactivate|withdraw|withdrawn|unwanted|unwelcome|unauthorized|unsolicited MESSAGE? $$; ^^ \
              off|silence|silent|abort|dismiss|reject|decline|refuse MESSAGE $$; ^^ turn|shut|switch this|these|them off|down \
              $$; ^^ turn|shut|switch off|down this|these|them $$; not|aint|isnt|never|longer interested|intrested in|for|to? \
              GET? THE* MESSAGE; not|aint|isnt|never|longer interested|intrested in GET \
              this|these|them|those|any|anything|more $; no|zero interest in GET? THE* MESSAGE",
        ],
    ),
    review_unless_answering(
        "keyword.other",
        &[
            "^^ delete|enough|nomore|mute|pause|leave|never|dont $$; ^^ i refuse $$; ^^ please? disconnect $$; ^^ \
              off|silence|silent|abort|dismiss|reject|decline|refuse $$; ^^ turn|shut|switch off|down $$; ^^ not interested \
              $$; ^ im|i|am|we|were|are|no|thanks|really|just|sorry|stop* not|aint|never really|even? interested|intrested $|at|please|thanks|thank|so|and|anymore; no interest; no longer \
              interested|intrested $; no|zero interest in this|your|these|ur; not interested in? \
              YOU|receiving|getting|your|MESSAGE|any|what|NAME|storage",
        ],
    ),
    opt_out(
        "keyword.footer",
        &[
            "^^ reply|text|txt|send stop|end|cancel|quit|unsubscribe to|2|for? opt|end|quit|cancel|unsubscribe|stop? out? $$; \
              ^^ STOP to|2|for|means opt|end|quit|cancel|unsubscribe|stop|optout|me|texts out? $$; ^ \
              STOP|unsubscribe|cancel|end means|mean STOP|no|unsubscribe|end $",
        ],
    ),
    // An account or unit number after STOP, or a name.
    review(
        "keyword.stop_something",
        &[
            "^^ stop unit|acct|account|for|number|ref|code|at? #? NUMBER+ $$; ^^ stop OTHER|SOMEBODY OTHER|SOMEBODY? $$; ^^ \
              NUMBER|NAME stop $$; ^^ stop OTHER|NAME* storage $$; ^^ STOP for|from SOMEBODY|OTHER+ $$; ^^ stop \
              for|unit|from|me|us .. NUMBER|NAME|OTHER $$; ^^ unsubscribe|remove|optout SOMEBODY|NUMBER SOMEBODY|NUMBER* $$; ^ \
              opt out OTHER|NAME|NUMBER $; ^^ stop NUMBER|2|4 NUMBER|2|4* $$; ^^ NUMBER|2|4 stop $$; ^^ stop x NUMBER|2|4 $$; \
              ^^ stop NUMBER times $$; ^^ quit|end|revoke NUMBER $$; ^^ stops|stoped|st|sto $$; ^ stop \
              or|before|because|since|cause i|ill|im|we|you|u|this|these; ^^ i quit $$; ^^ \
              OTHER|NAME|u|ur|you|annoying|this|is|its|im|youre .. stop $$; kind|nice|mind|please|just|now|asked|to|and \
              STOP|stopping these|them|this $",
        ],
    ),
    // Behind what else the text says, without a full stop between: "I already paid STOP".
    review(
        "keyword.last",
        &[
            "^ !ASKING !CAUSE* !CAUSE* !UNFINISHED stop $; ^ !ASKING|UNFINISHED stop $; !CAUSE !CAUSE !CAUSE !CAUSE !CAUSE \
              !CAUSE !UNFINISHED stop $; got|received|read|did|fixed|handled|paid|sold it|this|that|them|these stop $; \
              for|with|about it|this|that|them|me|us stop $; in full stop $",
        ],
    ),
    rule(
        "optin.keyword",
        Effect::OptIn,
        &[
            "^^ start|unstop|resume|resubscribe|resub|optin|optmein $$; ^^ opting in $$; ^^ START_AGAIN back? up|otra|de \
              vez|nuevo? $$; ^^ START_AGAIN \
              again|back|all|please|now|texts|messages|texting|messaging|messages|alerts|notifications|sms|it|me|us? MESSAGE? \
              $$; ^^ opt|sign me|us back? in|up|backin|again $$; ^^ opt back? in $$; ^^ subscribe|resubscribe me? again|back? \
              $$; ^^ un stop $$",
        ],
    ),
    rule(
        "optin.phrase",
        Effect::OptIn,
        &[
            "^^ START_AGAIN sending|texting|messaging|TEXTING|receiving|getting me|us? THE* MESSAGE? again|back|please? $$; \
            ^^ START_AGAIN THE* MESSAGE again|back|please|now? $$; ^^ i|id|we|yes \
            want|wanna|wish|like|would|love|agree|consent .. start|resume|receive|get|receiving|getting .. THE* MESSAGE \
            again|back|from|you|please|and|now? you|now? $$; ^^ i|id|we|please|can|you .. \
            opt|sign|subscribe|put|add|resubscribe me|us|back back? back? in|up|on|again|to THE* LIST? again? $$; ^^ i|id \
            want|wanna|would|like|wish|love like|love? to? to? opt|optin|resubscribe|subscribe back? in|again|$ again? $$; \
            ^^ turn|switch THE* MESSAGE|them back? on again? $$; ^^ turn|switch back? on THE* MESSAGE again? $$; ^^ \
            you|u|yall can|may TEXT me again|now $$; ^^ please|pls|kindly TEXT|txt|message me again $$; ^^ text me again \
            $$; ^^ put|add me back on THE* LIST $$; ^^ put|add|sign me|us back on|in|up? $$; ^^ sign|opt|add|subscribe \
            me|us up|in? to|for|2 THE* MESSAGE $$; ^^ i want to? get|receive? THE* texts|messages|alerts|notifications|sms \
            $$; ^^ i agree|consent to receive|receiving|get|getting THE* MESSAGE from? NAME|OTHER|you? $$; ^^ \
            reinstate|reactivate|enable|restore|renew THE* MESSAGE $$",
        ],
    ),
    rule(
        "wanted.text",
        Effect::Wanted,
        &[
            "^ just|please|you|can|u|could|instead|only* text|txt|message|msg me|us \
              instead|only|when|at|please|the|your|back|if|here|with|a; ^ just|please|instead|only* text|txt|message|msg me|us \
              $; ^ text|txt $; ^ text|texts|texting only|instead|preferred|please $; text|texts|texting is|works|are|would be? \
              fine|better|best|ok|okay|good|easier|great|preferred; prefer text|texts|texting|messages $|over|to|instead",
        ],
    ),
    rule(
        "help.keyword",
        Effect::Help,
        &[
            "^^ help|info|information|aide|ayuda|informacion help|info|information|aide|ayuda|me|please? $$; ^^ i|we need \
              help|info $$; ^^ need help|info $$; ^^ hlp|hepl|halp|infos|informations|ayudame|ayudenme|aidez|aidezmoi moi? $$; \
              ^^ necesito|quiero ayuda|informacion $$; ^^ more info|information $$",
        ],
    ),
];
