//! Facts that raise a doubt: no longer a tenant, too many texts, by what right, another channel, a bare no.

use super::super::rule::Rule;
use super::{hint, party, review, review_unless_answering};

pub(super) const RULES: &[Rule] = &[
    review_unless_answering(
        "doubt.no",
        &[
            "^^ no|nope|nah|naw|nop|n|negative|non|nan|nel|nao|hindi|awe no|nope|nah|non* $$; ^^ \
              hell|absolutely|fuck|uh|nombre|que no|not $$; ^^ no thanku|ty|merci|gracias $$; ^^ dont|do not? want|need \
              this|it anymore? $$; ^^ i|we do? NOT want|need|like this|it|that anymore? $$; ^^ no longer needed|wanted $$; ^^ \
              i want|wanna out|off $$; ^^ im good $$",
        ],
    ),
    review_unless_answering(
        "doubt.goodbye",
        &[
            "^^ bye|goodbye|byebye|adios|farewell|toodles felicia|now|then|forever? $$; ^^ bye bye|felicia|now $$; ^^ so long \
              $$; ^^ good riddance $$; ^^ peace out $$; ^^ see ya|you|u never $$; ^^ hasta la|luego vista? $$; ^^ au revoir \
              $$; ^^ adios|bye amigo|amigos|forever|all|everyone|people $$; ^^ buh bye $$; ^^ \
              ciao|sayonara|tata|arrivederci $$; ^^ nice knowing you|u $$; ^^ good bye now? $$",
        ],
    ),
    review_unless_answering(
        "doubt.enough",
        &[
            "^^ enough|basta enough|already|now|is|it? enough? $$; ^^ that|thats is? enough|plenty $$; ^^ make \
              it|this|that stop|end|quit $$; ^^ cut|knock it|this|that out|off $$; ^^ give it a|me rest|break $$; ^^ over it \
              $$; ^^ no more no|more* $$; ^^ i|we said no more? $$; ^^ can|could|would you|u|yall not $$; ^^ cancel \
              everything|all $$; ^^ close it out $$; ^^ i|we quit $$; ^^ snooze $$; ^^ im|i|we|were done|finished|through with \
              you|this|yall .. $$",
        ],
    ),
    review(
        "doubt.other_channel",
        &[
            "^ email|mail|call|phone|fax|write me|us? instead|only|rather|please $; prefer|rather .. by|an|a|to|get|by|via|through|the|my|it|you* email|emails|emailed|letter|letters|paper|phone|call|calls \
              $|please|to|over|instead|thanks|thx|call|calls|rather|if; ^ by|via|through|in|use|just email|mail|writing \
              only|please|instead|is|works $|best|better|fine; email|mail|letter|phone|call|calls|app|whatsapp|calling \
              is|are|works|would|be* better|best|easier|preferred|instead $|for|to|than|please|thx|thanks|way; call dont text; \
              not by text|texts|sms|message; can|could|please|just you|just|u|please* email|mail \
              me|us|it|this|these|them|that|stuff* instead|stuff|things|notices; cant|dont|doesnt|not|never \
              do|receive|get|accept|read|use|like|see texts|text|texting|sms|messages $|here|on|well|at|very|good|anymore|so",
        ],
    ),
    review(
        "doubt.too_many_texts",
        &["too|so|way|that many|much|often THE* MESSAGE; \
              NUMBER|two|three|four|five|six|ten|several|third|fourth|fifth|sixth|second|another|same THE* MESSAGE \
              today|already|in|this|since|per|now|before|again; text|texting|message|messaging|contact me|us? too|so|way \
              much|often|many; stop|quit blowing; every single? day|hour|morning|night MESSAGE; MESSAGE every single? \
              day|hour|morning|night"],
    ),
    review(
        "doubt.time",
        &[
            "^^ NOT|no texts|text|texting|messages|now? until|till|before|after|at|on|this|during .. $$; ^^ only \
              text|message|texts|messages? .. on|at|during|before|after|between|in .. $$; ^ only text|message me|us .. \
              if|when|on|at|before|after; ^^ maybe|try me? later|again|next|in .. month|year|week|spring|fall|summer $$",
        ],
    ),
    hint(
        "doubt.perhaps_no",
        &[
            "^^ no|nope|nah|naw|nop|n|nada|negative|non|nan|nel|nao|hindi|nein|nay|noway no|nope|nah* $$; ^^ \
              hell|heck|absolutely|definitely|god|oh|fuck|uh|nombre no|not|way|nel $$; ^^ no \
              way|sir|maam|dice|thanku|ty|merci|gracias|man|chance|deal|never $$; ^^ not \
              today|now|me|happening|right|really|anymore|again now|satan? $$; ^^ ill pass $$; ^^ im|i good|ok|okay|fine $$; ^^ \
              maybe? later|another time? $$; ^^ dont|do not? want|need this|it|anymore|any|more|to|them|that* $$; ^^ i|we do? \
              NOT want|need|like this|it|that|any anymore? $$; ^^ no longer needed|wanted|necessary $$; ^^ i? want|wanna|need \
              out|off $$; ^^ non|nan merci? $$; ^^ ya no mas? $$",
        ],
    ),
    hint(
        "doubt.perhaps_goodbye",
        &[
            "^^ bye|goodbye|byebye|adios|farewell|toodles|ciao felicia|now|then|forever? $$; ^^ bye bye|felicia|now $$; \
              ^^ ok|good bye now? $$; ^^ peace|im out $$; ^^ so long $$; ^^ see ya|you|u|yall never $$; ^^ hasta la vista $$; \
              ^^ later|laters $$",
        ],
    ),
    hint(
        "doubt.enough",
        &[
            "^^ enough|done|finished|basta|over enough|already|now|is|it? enough? $$; ^^ that|thats|thatll is|ll? \
              enough|plenty|do|it it? $$; ^^ im|i|we|were|am|are so|totally|all|just* done|finished|through|over with|of|here? \
              .. you|this|it|that|place|people|yall|all|here|everything $$; ^^ done|finished|through with .. \
              you|this|it|that|place|people|yall|all $$; ^^ make it|this|that stop|end|quit $$; ^^ cut|knock it|this|that \
              out|off $$; ^^ give it a|me rest|break $$; ^^ over it $$; ^^ let it be|go $$; ^^ no more no|more|please* $$; ^^ \
              i|we said no|enough more? $$; ^^ close|shut|drop|end|cancel it|this|everything|all|that|things out|down? $$; ^ \
              make it|this stop $; ^ cut|knock it|that|this off|out $; ^ give it a rest; ^^ can|could|would you|u|yall not $$; \
              ^^ wipe|delete|close|erase|cancel my|the|this profile|account|acct|file|info|everything .. $$; ^^ please? \
              discontinue|cancel|end|stop .. service|services $$; ^^ silence|quiet|hush|shush|zip|snooze|mute .. $$; i|we want \
              to? cancel $; ^^ i|we quit $$",
        ],
    ),
    hint(
        "doubt.when",
        &[
            "not|nothing|no during|before|after|until|till|on|while|at|past .. hours|work|night|nights|sabbath|noon|morning|am|pm|weekends|sundays|sunday|saturday|friday|weekday|weekdays|dinner|church; only|just weekdays|weekends|mornings|days|daytime|evenings; NUMBER is|are fine|ok|better|okay; till|until|after the|NUMBER|next|i first|month|week|get|am|return; please not on|at|before|until; pas avant|apres; wag|huwag po? pag|kapag; not until|before; lay|hold off for|until|till|a; its sabbath|shabbat",
        ],
    ),
    hint(
        "doubt.somebody_else",
        &[
            "you|youve|u|ya have|reached|got|texted|are|texting a|an|the|our|my shop|office|front|landline|business|restaurant|store|church|school|kid|child|pager|dispatch|hospital|clinic; this is a|an|the|our .. landline|office|cell|shop|store|desk|line|hotline|clinic|dispatch|shelter|station|pager|school|church; not on that|the|this lease|account|unit; not my|mine bill|unit|account|storage|problem|phone|name; im|i am just|only|the|his|her|an|a* ex|realtor|neighbor|roommate|landlord|coworker|student|minor|kid|intern|nurse|secretary|receptionist; thats|that is my|his|her KIN account|unit|bill|storage|number|phone; wrong|one digit|digits; digit off|wrong; emergency contact but; got|getting|get someones|somebodys|some|another|SOMEBODY .. texts|code|notice|messages|stuff|mail|bill; came|come|comes|went to me; i|im live|in in|a NAME|OTHER and|so|not; number|phone changed hands; last guy|owner|person|dude|lady|user; whoever had|has|owned|you; the phone|carrier store|company gave|assigned; switched carriers|phones|sim; this|new sim; se pa; changed her|his|their number; nobody here|there|in; im NUMBER $|and|i|years|yrs|dont; doesnt|dont know who .. is",
        ],
    ),
    hint(
        "doubt.gone",
        &[
            "i|we|she|he|they|ive|weve have|has|already|just|all* emptied|vacated|cleaned|cleared|sold|moved; moved to|out|from|away|back|across|states NAME|SOMEBODY|OTHER|$|of; unit|storage|space|locker|place .. auctioned|sold|empty|gone|done|emptied|cleared|vacated|returned; empty|emptied|vacant since|as|for|now; turned|handed|gave|dropped|returned in|over|back|off|up my|the|our* lock|keys|key|keycard|card; dont|no|havent|not got|have|had|rent|own? the|a|my|that? unit|locker|storage|space anymore|lol|there|since|any|$; been out|gone of|there|since|for; took over|has the|my|that unit|storage|locker|it|account; was my|his|her .. unit|locker; no longer mine|ours|his|hers|there|renting|using|storing; chapter is|closed; so long and; good while it lasted; were all moved; my unit was; closed|ended|terminated|cancelled|canceled my|the|our account|lease|rental|contract; not renting|storing|using anymore|there|any|with; jai plus; vide|quitte mon|le|la local|locker|entrepot|unite; entregue|desocupe|vacie el|la|mi; i|we|ive|weve|im|already|he|she|they have|has|been|are|was* moved|vacated|emptied|cleared \
              out|of|it|the|my|our|that|your* unit|space|storage|locker|place|everything|stuff|$; i|we|ive|weve|already \
              have|already|just* vacated|left|departed $|in|last|on|months|already|sir|months|there; i|we|ive|weve \
              already|have|just* moved out $|in|on|last|already|back|months|weeks|a|NUMBER|of \
              there|here|your|that|years|long|ages|before|since|two|three|june|july|may; i|we|ive|weve|already \
              closed|gave|turned|returned|surrendered|ended|handed|terminated out|up|in|back* my|our|the|that|your|over* \
              account|unit|space|spot|lease|key|keys|lock|storage|locker|contract; i|we do? NOT|nolonger|longer \
              rent|store|lease|have|keep|use|got .. there|anymore|here|longer|storage|with|from|nothing|anything|unit; no \
              longer rent|store|have|a|your|there|lease|with .. \
              tenant|customer|unit|storage|there|here|you|yall|facility|renter|$; i|we|im|am|are|not|aint|isnt|were \
              not|no|longer|a|your|with* tenant|customer|renter|client|member anymore|longer|here|there|of|$; not with \
              your|you|yall|this|the .. anymore|longer; havent had|rented|been|stored a|any|there|with|from|anything \
              .. since|in|for|with|you; been gone|out|moved since|for|out|a; moved out|everything|all|away|on|states|to .. \
              ago|since|already|last|anymore|garage|back; my|our|the lease|contract|rental|unit|account|storage .. \
              over|ended|closed|empty|cleared|expired|up|terminated|vacated|gone|done \
              $|in|last|ago|months|already|back|and|since|out; not a? customer|tenant|renter anymore|any; \
              storage|unit|anything|nothing|stuff there|in|with .. anymore|longer; use|using|got|found a|another|different|new \
              another|different|new? storage|place|facility|unit now|instead|somewhere|$; auctioned|sold my|all|off|everything \
              .. stuff|unit|things|everything; ya no rento|tengo|uso|usamos|tenemos|rentamos|estoy|vivo; ya me|nos|lo? \
              sali|mude|mudamos|desocupe|vacie|entregue|entregamos|saque|saco|fui; demenage|demenagee|rendu le|la|mon|en|dans",
        ],
    ),
    hint(
        "doubt.too_many",
        &[
            "NUMBER|two|three|four|five|six|seven|eight|ten|dozen|several|multiple MESSAGE|times|reminders|msgs; like the? NUMBER|OTHER MESSAGE|time today|this|in; MESSAGE|text|texted|texting|message .. at|before NUMBER am|pm|in|oclock; am|oclock in the morning; NUMBER in the morning|am; more MESSAGE from|than; same MESSAGE|reminder|thing NUMBER|over|again|twice|three|every; yall|you|u be doin|doing|going too|way|overboard|crazy; give me|us a break|rest; already paid|told|know|got .. why|stop|twice; whats|what with all|the|these* MESSAGE; blowin|blowing|ringing|lighting up; enough MESSAGE; a bit|little much; heard you|u the first; do|did you|u|yall really have|need to text|send|message; quit|stop|stopped|not dinging|buzzing|beeping|ringing|pinging; too|so|way many|much|often THE* MESSAGE|these|this|them|texting|texts; \
              second|third|fourth|fifth|sixth|NUMBER|2nd|3rd|4th|5th|10th|another|same MESSAGE|one|time \
              today|this|already|again|in|since; \
              NUMBER|several|two|three|four|five|six|ten|like|multiple|another|twice|dozen|hundred THE* MESSAGE|times \
              in|a|today|this|since|per|already|before|every|day|within; MESSAGE|text|texting|message|these|this|you|u \
              every|all|each day|hour|morning|single|night|week|month|minute|5|time|damn; every \
              day|time|morning|night|hour|week|single .. its|you|another|MESSAGE|text|ding|buzz|beep|same; \
              blowing|blown|lighting|burning|filling up .. phone|line|cell|inbox|by; phone|cell .. \
              buzzing|dinging|beeping|blowing|hopping|pinging|ringing|buzzes|dings; ^^ again|really|seriously|another one? $$; \
              you|u|yall|ya guys|people? text|message|texting|messaging too|so|more|a|way much|often|lot|many|than; you|u|yall \
              already|have|just told|said|texted|reminded .. times|twice|already|yesterday; amount|number of THE* MESSAGE; \
              wearing me out|down; is it|this|that really|necessary|nessesary|necesary; excessive|nonstop|non stop; \
              demasiados|muchos|tantos|tanto|demaciados|otro|otra ES_MESSAGE|vez; trop|encore .. FR_MESSAGE|souvent; \
              costs|costing|charged|charge me|for|us .. each|text|message|every|money|cents; same message|text|thing .. \
              times|x|again",
        ],
    ),
    hint(
        "doubt.by_what_right",
        &[
            "what|who is this|these|dis about|company|number|place|from|$; what company|list|is this is|$; who|quien|cest is|es|qui this|ca|that|you|u; porq|porque|pourquoi me .. escriben|mandan|textez; where|whered|wheres .. buy|bought|get|got|find|found my|this number|info|cell|name; why am i|we|he|she still|even; is this a|some scam|spam|bot|phishing; dont|didnt|never sign|signed|ask|asked|give|gave up|for|you|to; what|whats is? this; stop|quit saying unit; how|where|wheres|whered|howd did|do|you|u|yall|come|ya|your|from|the* get|got|find|have|obtain|gotten|found .. \
              number|info|cell|phone|contact|#|on|details; how|why|how do|did|come|am|is|are i|my|this .. on|in your|this|a \
              list|system|texts; who gave|give|sold|told|said you|u|yall|my|to .. number|cell|phone|info|this|text; \
              never|didnt|not|dont|havent|did|do not|i|recall|remember|ever* \
              sign|signed|signing|agree|agreed|agreeing|opt|opted|consent|consented|give|gave|given|check|checked|ask|asked|authorize|authorized|subscribe|subscribed|request|requested|permit \
              .. texts|messages|text|messaging|alerts|sms|this|it|that|permission|consent|number|up|box|in; did|do i|we \
              sign|agree|ask|subscribe|consent|opt .. this|texts|messages|these; since when; what|who \
              makes|made|gives|gave|give|said|told you|u|yall think|the|right|can|could|permission; what right|gives|business; \
              why|y are|r|do|u|am|is you|u|yall|i|they|still|my* \
              texting|text|messaging|getting|get|contacting|sending|bothering|msg|message; my|this|the number|phone|cell \
              is|was|for|are unlisted|private|personal|emergency|emergencies|only; gave|give that|this|my|you .. number for \
              emergencies|emergency|gate; de donde|quien|como .. numero|telefono|cel|celular; comment .. numero|cell; not \
              supposed to .. number|text",
        ],
    ),
    hint(
        "doubt.law",
        &[
            "attorney|attorneys general|generals; filing|file|filed with|a|complaint the|complaint; do you|u know .. tcpa|law|fine|illegal; fine|NUMBER per text|message; dollars a text|message; look it up; avocat|avocate|abogado|demandar; violating|violation|violate; bloodsuckers|crooks|liars|vultures|thieves; cease|desist letter; harassment; consumer protection; class action; lawyer|attorney will|is|has|knows|about; ^ no phone? numbers|solicitors; \
              sue|suing|lawsuit|lawsuits|court|attorney|attorneys|lawyer|lawyers|paralegal|counsel .. \
              text|texts|texting|messages|you|yall|this|these|on|over|contact|be|is|will|about; class action|actions; small \
              claims; tcpa|ftc|fcc|bbb|cftc; attorney general; do|no not|nor? call|contact|text list|registry|registered; know \
              my rights; this|thats|that|its|it|is is|s? illegal|unlawful|harassment|spam|a violation|crime; \
              violates|violation|violating|statutory|damages; reporting|report|reported you|this|yall|u|number|as|to; \
              hearing|hear from my|our lawyer|lawyers|attorney; screenshots|screenshot|log|record of|every|keeping .. \
              these|text|texts|every|each; legal action|counsel; keep it up and; blocking|block you|this|ur|number|your; \
              police about|for .. this|harassment|texts; demandar|denunciar|abogado|procon|poursuivre|avocat",
        ],
    ),
    hint(
        "doubt.channel",
        &[
            "voicemail|email|mail|calls|call|app|portal|letter is|are|works better|best|enough|fine|easier|preferred|plenty; app notifications|alerts|is .. enough|fine|plenty; switch|change|move this|these|it|me|us over? to email|mail|paper; mail|email me|us the|my|a|your bill|bills|notices|notice|statement; come|comes|sent in|by|through the mail|email; send|forward|direct this|that|these|it|everything|all to my|her|his|our|the email|mail|wife|husband|office|landline|daughter|son; use|try my|the|his|her|this other|work|home|new|real|husbands|wifes cell|number|phone|line|landline; the one|person to contact|text|call; handles|handle|does|manages the|my|our|all storage|unit|bills|account|that; prefer a|an|to|por|que voicemail|call|email|mail|me|letter|correo; dont|cant|never do|read|see|check|use|look text|texts|texting|messages|them|at; prefiero|mejor .. correo|llamen|llamada|liguem|email; todo por correo; plutot par; par courriel|poste; easier|better if you|u|yall just? call|mail|email|write; email|mail|call|phone|letter|letters|app|portal|whatsapp|fax|paper|emails|calls .. instead|better|best|works|rather|preferred|only|easier $|for|to|than|me|thx|thanks; \
              prefer|rather|like|want|better a|an|by|to|get|have|my|the|if|you|it|on|me|via|through|phone|us|regular* \
              email|emails|mail|call|called|calls|letter|letters|paper|phone|whatsapp|app|emailed; instead of|than a? \
              text|texting|texts|messages|message; just|please|can|could|kindly|only you|u|yall|just|please* \
              email|mail|call|put|send|fax me|us|it|this|these|them|that|stuff|by|to|the|in|through|via|my|all* \
              email|mail|app|portal|instead|stuff|letter|letters|paper|this|post; these|this|them|it|texts \
              come|sent|by|be|as|to|through|emailed|go .. email|emails|mail|app|husbands|wifes|phone instead|rather|of|$; \
              send|direct|forward|mail|put .. correspondence|notices|everything|these|them|it|all .. \
              email|mail|office|box|letter|post|her|him|husband|wife|app; not|dont do? by|via|use|do|like|read|through \
              texts|text|texting|messages|sms; i|we dont|dnt|do|never|cant not? do|use|like|read|check|see|answer \
              texts|text|texting|messages|these; call dont text; talk to my; reach|contact|get me|us|him|her .. \
              email|whatsapp|phone|line|mail|landline|letter|office|work; only|just contact|reach|write|communicate .. \
              email|mail|writing|letter|phone; ^ email|mail|letter only|please|instead|is|me $|better|instead; ^ phone|call only|instead $|better; \
              this|my phone|cell|number|line .. not|cant|doesnt|cannot|dont receive|accept|get|take texts|text|messages|sms; \
              MESSAGE not accepted|allowed|permitted|wanted; mejor por|llameme|llamame|correo|email|mandemelo; por \
              correo|email mejor|por|favor|$; par courriel|la|email plutot|poste|$; courriel a la place",
        ],
    ),
    hint(
        "doubt.part",
        &[
            "just|only the receipts|receipt|billing|bill|bills|reminder|reminders|due|late|gate|payment|emergencies|important; not|no interested|thanks|thx in|to|for* .. offers|offer|ads|specials|promos|sales|sale|deals|coupons|stuff; keep ur|your|the .. to yourself|urself; drop|skip|lose|cut|leave the|out|all|your* sales|promo|promos|ads|specials|coupon|coupons|marketing|advertising|offers|referral|survey; and not|none the|of|all rest|other|it; only text|message if|when|me|about; les pubs non; only|just|nothing|strictly \
              text|send|message|billing|bills|bill|payment|payments|gate|emergency|emergencies|late|important|account .. \
              if|when|only|texts|reminders|alerts|stuff|notices|things|please|me; \
              dont|no|not|skip|without|leave|stop|turn|except|remove|enough \
              need|want|the|out|off|your|those|these|any|more|send|with|me|all|from|just|a|of* KINDS; KINDS \
              no|not|noise|unnecessary|useless|pointless; not|no \
              until|till|til|before|after|during|while|at|on|this|these|today|in \
              texts|texting|messages|now|i|we|march|february|monday|friday|sunday|weekend|week|night|nights|NUMBER|noon|am|the; \
              pause|snooze|hold|suspend .. texts|messages|these|notifications|alerts|reminders|until|till|while|for; \
              quiet|silence for|until|till|tonight; no texts|text|texting|messages|msgs|message .. \
              until|till|before|after|this|tonight|today|at|on|during|while|when; dont|not text|message|send|bother|msg .. \
              until|till|before|after|at|on|during|while|when",
        ],
    ),
    party(
        "party.fact",
        &["^^ i|im|this|its|am is|a|in|only|just|literally* a? \
              NUMBER|minor|kid|child|years|th|year|grade|grader|schooler|schoolers .. $$; im|i am? \
              in|only|just|like|literally* NUMBER|1st|2nd|3rd|4th|5th|6th|7th|8th|middle|grade|a \
              grade|years|yrs|yo|school|lol|kid; im|i am? literally|only|just* NUMBER $; this|its|it|that|thats is|was|s? \
              my|a|his|her|their|the|moms|dads|sons|wifes* KIN .. phone|cell|number|line|old|unit|thing|storage|account|#; \
              this|its|it is|s? a|an|our|the .. \
              shop|clinic|office|church|school|salon|restaurant|dental|hospital|company|desk|business|hotel|motel|store|garage|dispatch|fax|landline|dealership|garage|firm|library|bakery|daycare|line|pharmacy \
              $|phone|number|line|and|we|not|for|of|lol|who|what|only|that|at; front|scheduling|booking|help desk|line; we \
              are|re a|an|the .. shop|clinic|office|church|school|salon|restaurant|company|business|store|firm; \
              SOMEBODY|he|she|they|KIN|tenant|husband|mom|dad|mother|father|wife is|has|was|hes|shes|just|recently|sadly* \
              passed|died|deceased|dead|gone; passed away|on; died|deceased on|in|last; in|is|hes|shes \
              jail|prison|hospice|memory; widow|widower|executor|caseworker|coworker; he|she|they|SOMEBODY|hes|shes|KIN|who \
              has|have|got|had|switched|changed|lost|moved* a|an|to|his|her|their|another|this|different* \
              new|different|another|old|own|other|numbers|number|phone|cell|phones phone|number|cell|one|in|now; \
              his|her|their|KIN|moms|dads|sons|roommates|brothers old|other|previous|former|new number|phone|cell|line; \
              this|it|number used to be|belong; before|previous|prior|former|last|old me|owner|user|person|owners .. \
              number|phone|line|#|of|this|person|guy|had; i|ive|we had|have|got|inherited|bought|received|switched|found \
              this|the|a|it .. number|phone|# .. since|new|last|from|now|week|month|years|in|before|recently; \
              got|gave|given|assigned|have|is me|us|this|a|my* new number|phone|cell|#; new phone|number \
              who|whos|wtf|this|dis; you|u|yall have|got|texted|reached|are|must|want|need|looking|keep|be|think|thinking* \
              the|a|my|me|someone|somebody|another wrong|mixed|confused|mistaken|else|somebody; \
              looking|trying|meant|intended|thinking|searching|asking for|to|of \
              reach|text|contact|someone|somebody|another|my|the|a|else|different else|person|$; wrong \
              number|#|person|guy|phone|lady|one|man|woman|people|dude|girl|contact|house|family|kevin|party; wrong phone|cell \
              number; ^^ wrong $$; not|isnt|aint|no im|me|my|him|her|his|hers|longer|the|for|a* him|her|me|mine|SOMEBODY \
              $|anymore|sorry|number|phone|at; im|i|am am? not him|her|them|SOMEBODY|mr|mrs|ms|that|who|your|the; my \
              name|names is SOMEBODY|not; there|theres|nobody|noone|no|none|aint|anybody|anyone+ named|called|here|by|such|SOMEBODY SOMEBODY|that|named|called|name|person here|at|on|in|$|name|lives|this; \
              dont|do|not|never|no|idea know|heard|recognize|clue of|any|a|who|this|that|what|him|her* \
              SOMEBODY|him|her|them|people|is|person|someone|anyone|you|company|u; who|whos|whose is|are|s|the|this|r* \
              SOMEBODY $; ^^ who|whos is|are|r|s? this|you|u|dis|that looking|is|for* $$; SOMEBODY|he|she|they \
              doesnt|does|dont|no|not|longer|hasnt|aint* live|work|lives|works|here|own|use|have \
              here|at|with|there|this|anymore|us|longer; never|havent|dont|not|no|didnt do|have|i|ever|had* rent|rented|store|stored|have|had|leased|been|owned|own|lease|got a|any|in|at|with|from|no|your|anything|to|me* \
              storage|unit|units|there|you|bin|locker|customer|customers|tenant|place|life|here|box|facility; what|which \
              storage|unit|gate|lease is|unit|$|are|r|s; he|she put|gave|listed|used|gives my|me|your .. \
              number|reference|contact|phone|down|as; not|isnt|aint my|our|mine \
              unit|storage|account|bill|lease|number|name|stuff|debt; someone|somebody|another|different \
              else|person|elses|customer .. unit|storage|number|phone|tenant|bill|account|$; typo|digit|mixup|mix \
              in|off|up|number; ive|i|we never been|lived|stayed in|to|at|there; i|we live|am|are in|from .. not|never|no; \
              used to date|dating|ex wife|husband|boyfriend|girlfriend; used to date; no \
              soy|conozco|vive|vivo|rento|tengo|hay|se .. \
              SOMEBODY|bodega|storage|almacen|ningun|ninguna|cliente|senor|senora|persona|esa|ese|el|la|quien|aqui; \
              se|te|esta|estas|numero|persona|telefono \
              equivoco|equivocado|equivocaste|equivocada|equivocaron|equivoca|incorrecto|confundio|confundiste|equivocao; ^^ \
              equivocado|equivocada|ekivocado|equivocao $$; este|ese|mi|el telefono|celular|numero|cel .. \
              es|ya|pertenece|mio|de; mauvais|faux|pas|erreur le|bon|de* numero|nombre|personne; connais|suis \
              pas|aucun|personne; numero errado; nao e|eh|sou; maling number; hindi|di ako|na|kay|po si|SOMEBODY|po; nham|lon \
              so; khong phai; pa mwen|bon|janm|m|janm nimewo|SOMEBODY|lwe|jean"],
    ),
];
