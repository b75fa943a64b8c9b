//! Senses of the same words that have nothing to do with texting, and what counts as filler.

use super::Language::{self, English, French, Spanish};
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

pub(super) const RULES: &[Rule] = &[
    filler(
        "filler.word",
        &[
            "FILLER",
            "thank you|u very|so much|kindly",
            "thanks so|very much",
            "thank you|u",
            "thanks you|u",
            "good morning|afternoon|evening|day|night|bye|god",
            "god bless",
            "have a .. day|night|one|evening|weekend|week",
            "right now",
            "at once",
            "my god|goodness",
            "oh my",
            "por favor",
            "sil vous plait",
            "s il vous plait",
            "from now on",
            "once and for all",
            "if you|u",
            "yours truly|sincerely",
            "if possible",
            "as soon as possible",
            "for good",
            "today please",
            "from this number",
            "to this number",
            "this is .. request|notice|warning|time",
            "for the last|third|second|tenth|100th|millionth time",
        ],
    ),
    filler(
        "filler.signature",
        &[
            "sent|send from|via my|a|the .. iphone|ipad|phone|android|samsung|galaxy|verizon|tmobile|\
             mobile|smartphone|device|mail|yahoo|outlook",
            "sent from NAME|OTHER|yahoo|outlook|mail",
            "get outlook for ios|android",
            "enviado desde mi iphone|telefono|celular|samsung|android|ipad",
            "envoye de mon iphone|ipad|telephone|cellulaire|android|samsung",
            "on my|the go",
        ],
    ),
    // "I'll stop by at 5", "can I stop in after work".
    ordinary(
        "guard.stop_by",
        English,
        &[
            "stop|stopping by|over|off|past|along|around|round|there|here|down|up|for|when|before|after|\
             first|byy|bye|thru|through|somewhere|stopby",
            "stop|stopping in $",
            "stop|stopping in|at|on the|your|my|our|a|after|before|around|and|to|at|about|person|tomorrow|\
             today|this|tonight|later|NUMBER|MATTER",
            "stop|stopping at NAME|OTHER|NUMBER|home",
            "stop|stopping to|and|2 get|see|pick|drop|pay|look|talk|sign|grab|check|show|use|ask|say|eat|\
             buy|chat|visit|measure|view|meet",
            "stopby",
        ],
    ),
    ordinary(
        "guard.stop_noun",
        English,
        &[
            "bus|next|last|full|pit|truck|rest|non|door|short|one|dead|train|first|final|whistle|gas|\
             metro|subway|fuel|quick stop",
            "one|NUMBER|2|two|three|few|couple more stop|stops",
            "stop sign|signs|light|lights|watch|loss|order|motion|gap|orders",
            "a|each|every|another|my stop",
            "nonstop",
            "what|which|where .. does|do|did|will|should|can|is|are .. stop|end|quit",
            "what|which stop",
            "at|near|from the .. stop",
        ],
    ),
    // "Stop the leak", "stop my autopay", "when does the gate stop working".
    ordinary(
        "guard.stop_matter",
        English,
        &[
            "stop|quit|end|cease|halt|cancel|discontinue|remove|delete the|my|our|this|that|his|her|their|\
             a|an|your|any|all|these|those|future|of|monthly|auto|upcoming|credit|debit|late|extra|paper|\
             storage|NUMBER|old* NUMBER|OTHER|NAME? MATTER",
            "stop|quit|end|cease|halt|cancel|discontinue|remove|delete MATTER",
            "stop|quit|end|cease TEXTING me|us? the|my|our|any|a|these|those|your|paper|physical|late* \
             paper|printed|invoices|invoice|statement|statements|bills|bill|mail|letter|postcards|\
             receipts|checks|trucks",
            "stop|quit|end OTHERING|raising|working|charging|leaking|worrying|parking|leaving|letting|\
             making|blocking|using|taking|being|doing|going|paying|running|playing|talking",
            "stop|quit the|my|his|her|their|our OTHER|NAME OTHER|NAME|from|at|in",
            "have|has|got|had to stop|end|quit this|the|that|all|my OTHER|NAME|bill|MATTER",
            "stop|end|cancel it|them|this|that from",
            "stop me|him|her|us|someone|anyone|people from|at|if|when|in",
            "MATTER|he|she|it|machine stop|stops|quit|ends|end working|moving|leaking|at|on|in|OTHERING",
            "to stop|quit|end|cancel OTHER|OTHERING|NAME|MATTER|working",
        ],
    ),
    ordinary(
        "guard.negated",
        English,
        &[
            "NOT|wont|cant|didnt|doesnt|couldnt|wouldnt|isnt|arent|without|cannot stop|quit|unsubscribe|\
             unsub|cancel|end|revoke|optout|stopping|unsubscribing|remove|delete",
            "NOT opt out|me out",
            "NOT want|wanna|mean|ask|asked|try|trying|intend|need|wish|like|going|planning|have|request|\
             requested you|u|yall|to|for|be|get|my|me|us* stop|unsubscribe|unsub|opt|optout|cancel|revoke|\
             removed|unsubscribed|quit|end",
            "NOT say|said|text|reply|send|type with|to|the|word* stop|unsubscribe|cancel",
            "didnt|never mean|say|ask|want|try|intend|text|reply|said|request|requested|asked|replied|\
             sent|meant you|to|say|text|send|type|reply|hit|press|for|be|get|my|me|us* stop|unsubscribe|\
             unsub|opt|optout|cancel|removed|unsubscribed|quit",
            "NOT take|remove|drop|delete me|my|us off|out|from|number|name",
            "NOT block me|us|this|my",
            "NOT want|need|wish|like THE* MESSAGE to? stop|stopped|end|ended",
            "NOT leave me alone",
            "he|she|they|KIN|OTHER|NAME wont|doesnt|dont|didnt leave me|us alone",
            "NOT lose|delete my .. number",
            "hope|hoping you|they|it|yall NOT|wont stop",
            "no need|reason to .. stop|unsubscribe|cancel|opt",
            "NOT wrong number",
            "nothing can|will stop",
            "NOT you stop",
        ],
    ),
    // Reports and questions about what has happened, not requests.
    ordinary(
        "guard.report",
        English,
        &[
            "^ no calls|call|email|emails|text|texts yet|back|today|from",
            "stop|quit calling it|him|her|them|that|NAME|OTHER",
            "unsubscribe|unsub|stop|cancel|remove from? what $",
            "suck it up",
            "NEG know anyone|anybody|someone with|at|in|who|that|near",
            "dialed|called|texted|tried|typed|misread the|a|your wrong number",
            "she|he|they|it no longer lives|live|works|work with|near|by me|us",
            "just|recently got this|my|a* new? phone resend|and",
            "how did|come i|you|u|we|they|it|yall|the|my|get|got .. stop|unsubscribe|unsubscribed|removed|\
             stopped|optout|opted",
            "why|when|y did|do|have|has|are|would|come|is|was|were i|you|u|we|they|it|yall|the|my .. stop|\
             unsubscribe|unsubscribed|quit|removed|cancel|stopped|optout|opted",
            "did|does i|you|u|we|they|it|yall|the|he|she|my .. stop|unsubscribe|quit|cancel|end|remove|\
             unsubscribed",
            "accidentally|accidently|mistakenly|accident .. stop|stopped|unsubscribe|unsubscribed|\
             unsubscribing|optout|opt|opted",
            "my KIN TEXTED|texted|sent|typed|wrote|replied|hit|pressed .. stop|unsubscribe",
            "stop|stopped|unsubscribe|unsubscribed|opted|optout .. by|on|in accident|mistake|error|\
             accidentally|accidently",
            "was|got|been|am|being|were unsubscribed|removed|opted",
            "am|are|was i|we still? on|off .. list",
            "am|was|were|did|are|have|had i|we still|now|just|get|been|being|already* unsubscribed|opted|\
             removed",
            "says|say|said|saying|shows|system|screen i|im|ive|am|was|that|we|already* opted|unsubscribed|\
             removed|optout out?",
            "got|getting|been|was|am|im|were i|we* opted|unsubscribed out? $",
            "oops|whoops|oopsie .. meant|intended|was",
            "be|being|get removed|taken|deleted|dropped from|off|as THE* OTHER|NAME? MATTER",
            "someone|somebody .. make it|this|that stop",
            "told|asked|tell|asking|telling|made me|him|her|my|the .. to stop|quit",
            "could|couldnt not? be TEXTED|reached",
            "did|has|does|didnt not? send|sent",
            "you|they|u|yall|office never TEXT|call|contact",
            "what .. if|when|after i .. stop|end|cancel|unsubscribe|out",
            "if|when|before i text|txt|say|reply|send|type|texted|replied|said .. stop|unsubscribe|cancel|\
             end|quit",
            "should|must|can|could do? i .. reply|text|say|type|send .. stop|cancel",
            "do|did i need|have to .. reply|text|say|type|send .. stop|cancel",
            "not|never|havent|hasnt|arent|isnt|didnt|dont|wasnt|stopped|quit been|ever|even|yet* getting|\
             received|receiving|gotten|get|got|receive|seeing|see .. MESSAGE",
            "^ i|im|we|ive have|has|had|am|was|still|just|recently|suddenly|also|really|actually|since|\
             OTHER* not|never|stopped|havent|didnt|quit getting|received|receiving|gotten|got|receive|get \
             THE* MESSAGE",
            "got|get|have|has|had|received|see|was|were|are|is|theres|there|saw|with|had|has no THE* MESSAGE",
            "there is|are|was|were no more? THE* MESSAGE",
            "i|we|you|u|they|he|she|it|who|whoever|and|if you|did|does|can|could|will|would|if|why|or|was|\
             is|are|am|do do? not|dont|never|didnt text|txt|message|contact|call|email|sms|text NAME|\
             OTHER|and|back|while|much|because|often|until|about|with|or|when|in|at",
            "did|does|can|could|will|would|if|why|or|is|are not text|txt|message|contact|call|email|\
             notify|bother",
            "^ i|we|he|she|they|why|if|when do|would|usually|really|just* dont|never|not text|txt|bother|\
             message|call|contact|email|spam",
            "i|we|he|she do|would|usually* dont|never|not text|call|email $",
            "if|when|why|unless you|u|they|yall dont|do|never not? text|txt|message|call|contact|email|notify",
            "NOT text|txt|call|email|send|message me|us? the|my|a|that code|codes|address|invoice|receipt|\
             bill|link|pin|gate|password|combination",
            "NOT text|txt and drive",
            "NOT bother $",
            "NOT bother to|with|coming|going|sending|OTHERING|CALLING",
            "why|how|y|whyd did|do|does|could|have|has|had|would|was|were|come|am \
             i|you|u|we|they|yall|he|she|nobody|noone|anyone|someone|somebody|your|the+ \
             office|manager|facility|people|OTHER|NAME? not|never be? been? TEXT|TEXTED|CALL|send",
            "did|had|has|have|was|were not|never be? been? TEXT|TEXTED|CALL",
            "NOT contact|text|call|message|email the|my|our|a|any? him|her|them|police|cops|manager|\
             office|ambulance|OTHER|KIN|until|unless|NAME",
            "no need to text|call|message|reply",
            "you|u|yall|we do|really* NOT need|have to call|email|phone",
        ],
    ),
    // The name of a phone's mode, as in what phones answer by themselves, and things that are not to be disturbed.
    ordinary(
        "guard.do_not_disturb",
        English,
        &[
            "is|was|were|im|am|are|be|been|its|phone|cell|it|put|went|goes on do NOT disturb",
            "in|with|the|my|a|have|has|had|use|using|enable|enabled do NOT disturb",
            "set|put|turned|switched|goes|went .. to do NOT disturb",
            "do? NOT disturb while|when? OTHERING|NAME? mode|is|was|setting|settings|turned|enabled",
            "do? NOT disturb|bother the|a|an|your|his|her|their|other|those|anyone|anybody|others \
             OTHER|NAME|MATTER|KIN|other|customers|tenants|on|in|at",
        ],
    ),
    // Our own footer, sent back: "Reply STOP to opt out". Alone it is a STOP (`keyword.footer`).
    ordinary(
        "guard.footer",
        English,
        &[
            "reply|text|txt|send|type|say|respond with? stop|end|quit|cancel|unsubscribe|help|arret|alto \
             to|2|for opt|end|quit|cancel|unsubscribe|stop|help|info|optout|be|remove|not",
            "stop|end|quit|cancel to|2|for opt|end|quit|cancel|unsubscribe|stop|optout|be out?",
            "stop|stops|stopped|stopping means|meaning",
            "responda|responde|envie|envia|texto stop|alto|baja|parar para",
            "repondez|envoyez|textez stop|arret pour",
        ],
    ),
    // "Cancel my unit", "opt out of the warranty", "take me off autopay".
    ordinary(
        "guard.list_matter",
        English,
        &[
            "opt|opted|opting me|us|my? out of|from|for THE* OTHER|NAME? MATTER|OTHER|NAME|it|arbitration",
            "optout of|from THE* MATTER|OTHER|NAME",
            "unsubscribe|unsub me|us? from|to THE* OTHER|NAME|tenant? MATTER MATTER*",
            "fuck|hell|damn yeah|yes|yea|no|yep|right",
            "REMOVE me|us|him|her|them|it|MY_NUMBER|my|the|his .. off|from|of|on of? THE* OTHER|NAME|\
             recurring|wait|waiting|guest? MATTER|street|floor|wall|hook|way|hold",
            "REMOVE .. as .. tenant|contact|user|owner|emergency|authorized|guest",
            "REMOVE my|our|the|this|his|her MATTER|OTHER|NAME",
            "PLAINLY_REMOVE|drop me|us at|off|and $|in|at|around|tomorrow|by|there",
            "take me there|to|home|through|around|up|back|in|on|and|for|with",
            "wait|waiting list|lists",
            "revoke|revoked|revoking my|the|his|her|their .. access|code|key|privileges|license|MATTER",
        ],
    ),
    // "I gave you the wrong number", "wrong number on my bill".
    ordinary(
        "guard.wrong_number",
        English,
        &[
            "gave|given|enter|entered|typed|put|wrote|used|punched|provided|listed|pressed|input|charged|\
             has|shows|says .. the|a|my wrong number|person|one|code|unit|phone|card|address",
            "i|we|ive|i have|did .. gave|give|enter|entered|dialed|typed|put|called|wrote|used|punched|\
             have|texted|call|dial|text wrong number|person",
            "wrong phone? number on|for|in the|my|our|this|file|NUMBER|door|it|gate|unit",
            "is|was this|that|it the wrong number",
            "wrong number|person of|in for? MATTER",
            "wrong person|one on|for|in the|my",
            "says|saying|said|shows|keeps|get|getting .. wrong|invalid number",
            "im|am|not a? customer|tenant yet",
            "am|not not? a? customer|tenant yet",
        ],
    ),
    ordinary(
        "guard.end",
        English,
        &[
            "end|ends of|at|unit|units|table|time|date|user|up|result|cap",
            "the|this|my|at|by|to|your|each|far|other|front|back|deep|west|east|north|south|either|which|\
             left|right|that|in end",
            "i|ill|im|you|we|he|she|who|would|should|could|can|had|going|gonna|want|need|wanted|wants|\
             just|to quit|end|exit $|my|the|smoking|drinking|work|job",
            "exit gate|door|code|sign|ramp|NUMBER|is",
            "the|an|my exit|block",
            "block off|the|my|access|of|and|party",
            "NAME|NUMBER|OTHER|on|of|around|one|city|same|down block",
            "cancel|end the|my|our|that|this|tuesdays|NUMBER|OTHER|NAME .. NUMBER|MATTER|appointment|\
             OTHER|NAME",
        ],
    ),
    ordinary(
        "guard.leave_alone",
        English,
        &[
            "leave it|them|that|him|her|my .. alone",
            "leave me|us a|the|some|your|with|my",
            "go away for|on|next|this|to|in|until",
            "back off the|of",
        ],
    ),
    ordinary(
        "guard.start",
        English,
        &[
            "no|not|dont|never|cant|wont|didnt|doesnt start|restart|resume|subscribe|opt|resubscribe|\
             optin|unstop",
            "start over|with|by|at|my|the|a|on|of|up|date|time|OTHERING|NUMBER|from|moving|paying",
            "to|can|when|does|did|will|i|we|you|want|car|wont|the start|resume|subscribe $",
        ],
    ),
    ordinary(
        "guard.es",
        Spanish,
        &[
            "baja|alto|alta la|el|los|las|un|una|de|en|a|mi|su|temporada|del|o|velocidad",
            "planta|mas|muy|esta|es|tan|demasiado|voz|calle|renta|precio|parte|temperatura|cuota|tarifa \
             baja|alto|alta|bajo",
            "no|nunca|sin para|parar|pare|paren|cancelar|cancele|cancelen|cancelo|borrar|borren|detener|\
             detengan|dejen|deje|dejar|basta",
            "no|nunca quiero|quise|queria|deseo|voy a|que|me* cancelar|salir|parar|darme|borrar|detener",
            "no|nunca quiero|deseo que .. cancelen|paren|dejen|borren",
            "por|al|en fin",
            "modo|funcion|opcion|en|con|el|la|un|activado|activada no molestar|molesten",
            "no molestar|molesten al|mientras conducir|manejar|volante|conduzco|manejo",
            "no molestar|molesten activado|activada|esta|estaba",
            "por que no me|nos mandan|manda|envian|envia|contactan|contacta|avisan|avisa|escriben|escribe",
            "porque|xq|pq no me|nos mandan|manda|envian|envia|contactan|contacta|avisan|avisa|escriben|escribe",
            "^ responde|responda .. para ES_SENDING",
            "no me molesta $",
            "salir del|de MATTER|contrato|edificio|porton|OTHER",
            "tengo|mi|cambie un|a|de|el* numero nuevo",
            "tengo un nuevo numero",
            "no necesito|quiero ayuda|informacion",
            "nuevo numero es",
            "numero|codigo de MATTER equivocado",
            "no hay|tengo|tenia|tiene|recibi|recibo|vi|habia|llegan|llego|me mas|llegan|llego|llegaron|\
             ningun|ningunos|sus|los|mas? mensajes|mensaje|textos|texto|avisos",
            "me|nos ha|han|llegado|llego no .. mensaje",
            "dar|darme|doy|dare|dame|de|den|quiero de? baja mi|el|la|al|del|un|una .. bodega|unidad|\
             seguro|contrato|pago|renta|servicio|almacen|espacio|autopago|cuenta|MATTER",
            "de baja el|la|mi|un|una|del|al MATTER|almacen|espacio|autopago|OTHER|NAME",
            "cancelar|cancelen|cancela|cancele|cancelo|quitar|quite|quiten|quita|parar|detener|eliminar \
             el|la|los|las|mi|mis|un|una|este|esta|su|nuestra MATTER|almacen|espacio|autopago|candado|\
             cargo|cargos|OTHER",
            "paren|pare|para|dejen|deje de cobrar|cobrarme|cargar|subir|OTHER",
            "para el|la|los|las|mi|que|manana|hoy|cuando|pagar|ver|OTHER|NAME|NUMBER|un|una",
            "no me interesa|importa el|la|un|una|los|las|OTHER",
            "fin de",
            "numero equivocado de|en|para",
            "no llamen|llame|llames a|al",
            "no mas de|tarde|que",
            "no manden|envien|manda|mande|envie a nadie|alguien|OTHER|NAME",
            "no me|nos? manden|envien|mande|envie al|el|la OTHER|NAME",
            "no me llames|llamen|manden|envien|mande|envie .. codigo|factura|recibo|hasta",
        ],
    ),
    ordinary(
        "guard.fr",
        French,
        &[
            "ne|n|pas arret|arrete|arreter|arretez|desabonner|desabonnez",
            "narretez|narrete|narreter",
            "arreter|arreterai|passer au|a|chez|ce|demain|vers",
            "mode|fonction|option|en|la|le ne pas deranger",
            "ne pas deranger en|au voiture|conduisant|volant",
            "ne pas deranger active|activee|est|etait",
            "pourquoi .. ne? mavez|mavoir|avez|ma|pas pas? FR_SEND|FR_SENDING|contacte|ecrit|appele|texte",
            "arret|arrets dautobus|autobus|de|du|bus|paiement|metro",
            "annuler|annulez|annule mon|ma|le|la|mes|les|notre MATTER|rendez|reservation|rv|paiement|\
             OTHER|bail|contrat|unite|location",
            "la|le|en|a|fin fin",
            "fin de|du",
            "pas|aucun de|eu|vu|recu FR_MESSAGE|textos recu|encore|aujourdhui|hier",
            "arretez|arreter|cessez de facturer|prelever|charger|OTHER",
            "arretez|arreter le|la|les|mon|ma paiement|paiements|prelevement|prelevements|OTHER|MATTER",
            "retirez|enlevez|supprimez le|la|mon|ma|les MATTER|cadenas|frais|OTHER",
        ],
    ),
];
