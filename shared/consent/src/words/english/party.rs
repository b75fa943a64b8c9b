//! The number is not the tenant's.

use super::super::rule::Rule;
use super::{party, review_regardless};

pub(super) const RULES: &[Rule] = &[
    review_regardless(
        "party.plain",
        &[
            "^ wrong|rong|wong phone|cell? number|numbers|num|numba|person|guy|lady|party|#|recipient|no; you|u|yall \
              have|got|reached|texted|ve? the|a wrong number|person|#|phone; ^^ wrong|wrongnumber $$; mistaken identity; ^^ \
              not me|him|her $$; ^^ who is|s SOMEBODY $$; ^^ new phone who dis|this $$",
        ],
    ),
    // The number is not the tenant's: nobody at it consented (reassigned numbers, 47 CFR 64.1200(m)).
    review_regardless(
        "party.wrong_number",
        &["wrong phone|cell|telephone number; wrong|rong|wong \
              number|numbers|num|numba|person|guy|lady|party|#|individual|recipient|human; wrong contact $; mistaken identity; \
              had|have|has|been this|my|the number for|since|over|about; this|it has been|is|s my number for|now|since|$; this \
              phone? number has? changed owners|hands|users; ^^ number has? changed $$; ^^ deceased|dead $$; ^ who is|s|are|tf \
              SOMEBODY $; ^ whos|whose SOMEBODY $; ^^ SOMEBODY who $$; this|name is|s SOMEBODY not SOMEBODY $; im SOMEBODY not \
              SOMEBODY $; ^^ im|i am? not the|an account holder|owner $$; confused|mixed|mistaken up? with \
              someone|somebody|another else|person|$; MESSAGE|this|it wasnt|isnt|not meant|intended for me|us; ^^ \
              this|it|thats|its? not|isnt|wasnt for me|us $$; ^^ no storage here $$; ^ not a? \
              customer|tenant|renter|client|member anymore|here|of|$; he|she|they|SOMEBODY moved|move out? of the? \
              country|state|away|overseas; ^^ i|we do? NOT live|stay|reside in? there|here|texas|florida|california|ohio $$; \
              ^^ i|ive|we|weve have? never been|visited there|here $$; ^^ im|i am? only|just* a? kid|minor|child|teenager|teen \
              $$; ^^ im|i am? only|just* NUMBER years|yrs|yo old? $$; ^ wrong \
              no|nbr|nr|man|woman|one|phone|people|dude|girl|chick|SOMEBODY|customer|tenant|contact|house|cell|family|address \
              $; wrongnumber; ^^ wrong $$; ^ incorrect|bad|invalid number|phone|num|person $; you|u|youve|youre|ur|yall|you \
              have|got|reached|texted|texting|contacted|dialed|messaging|calling|called|messaged|ve? the|a|an? wrong|incorrect \
              SOMEBODY|gal|fella|fellow|lad|place|lady|number|person|one|phone|man|woman|guy|dude|girl|house|family|tenant|customer|cell; \
              misdialed|misdial"],
    ),
    party(
        "party.not_me",
        &[
            "this|that|its|thats|it|thatz is|s? isnt|aint|not|no longer? SOMEBODY; this|that|its|thats|it is|s? \
              isnt|aint|not|no longer|a? my|his|her|their|hers|theirs|the|SOMEBODY|OTHER right|correct? \
              number|phone|cell|name; this|that|its|thats|it is|s? isnt|aint|not|no longer? me|him|her|hers|them \
              $|number|anymore|you|and|so; this|that|it|my|the number|phone|cell is|isnt|was not|no longer? \
              SOMEBODY|his|her|hers|theirs|their; isnt|not|no longer? SOMEBODY|his|her|their|hers number|phone|cell|anymore; \
              im|am|not|i not|am|aint|never SOMEBODY $|and|dont|please|so|you|this|but|stop|i; im|am not \
              the|that|this|who|your|a \
              person|individual|guy|lady|man|woman|you|one|owner|customer|tenant|renter|client|SOMEBODY; im|am not \
              him|her|them $; ^ not SOMEBODY $; ^^ not me|him|her $$; ^ not my name|phone|number|account|storage $; aint|isnt \
              my|his|her|their name|number|phone; nobody|noone|anyone|anybody|one|person|tenant here? \
              by|named|called|with|goes this|that|the|by|SOMEBODY|OTHER name|SOMEBODY|OTHER|$; no such person|tenant|customer; \
              nobody|noone|one|anyone named|called SOMEBODY|OTHER; no SOMEBODY here|lives|at|on; SOMEBODY|he|she|they \
              doesnt|does|dont|do|no not|longer? live|lives|work|works here|at|with|there; SOMEBODY|he|she|they|person \
              doesnt|does|dont|do|no not|longer? have|has|own|owns|use|uses this|that|the number|phone|cell; \
              SOMEBODY|he|she|hes|shes isnt|is|are? not? at this number|phone; SOMEBODY|he|she|hes|shes isnt|not at this \
              number|phone; NEG know|recognize who|any|a|this|that? SOMEBODY is|$|and|or|so|please|but|person; NEG \
              know|recognize this|that|the|any|him|her person|SOMEBODY|number|people|contact $|and|so|or|please|is; NEG know \
              anyone|anybody|someone|nobody|noone named|by|with|called|SOMEBODY; NEG know|recognize who|what \
              you|u|yall|this|that|it|they are|r|is|want $|or|and|so|but; NEG know|recognize you|u|yall|him|her|them \
              $|people|and|or|so|stop; no|zero idea|clue who .. is|are|r|this|you; have|had|got no|the idea|clue who; \
              idk|dunno who|whose this|that|you|u|ya|they|he|she|it is|are|r? $|or|and|but|so; ^^ who dis? new phone $$; \
              SOMEBODY|he|she changed his|her|their number|phone; isnt|not who you|u|ya think|want|are; my name isnt|aint \
              SOMEBODY; my name is not SOMEBODY; not the right|correct person|number|guy|one",
        ],
    ),
    party(
        "party.no_tenant",
        &[
            "dont|doesnt|not|never|didnt|havent have|own|rent|had|rented|owned|leased|got|use|used|renting a|an|any|no|your? \
              storage|locker|units|unit|lockers|space unit|units|locker|facility|space? \
              with|there|here|at|anymore|from|and|in|or|so|please|$; dont|doesnt|not|never have|got|had|own an|any|a|no \
              account with|there|here|at; dont|donot|not rent|lease from|with YOU|SOMEBODY|there|here; never|didnt|havent \
              rented|rent|stored|leased|lease|store|used|had|bought|purchased anything? from|with|at|there|here \
              YOU|SOMEBODY|there|here|OTHER|$; NEG have|had|do|done|did|use|used any? business|anything|dealings with|there \
              YOU|SOMEBODY|$; ^ what storage $; ^ not a? customer|tenant $; dont|donot|not rent|store here|there|anymore $; \
              NEG have|had anything|nothing|stuff in|at storage|there; never been a? customer|tenant|renter|client|member; \
              im|am|was not|no|never longer? a|your|the? customer|tenant|renter|client|member|renting; never heard of \
              you|u|yall|them|SOMEBODY|your|this company|place|$; NOT longer? rent|have|store .. with you|u|yall anymore|$; no \
              longer rent|store|have|a .. from|with|there|at|customer|tenant you|u|yall|$",
        ],
    ),
    review_regardless(
        "party.reassigned",
        &["i|we got|received this number; just|recently|only|newly|ive \
              got|get|acquired|bought|received|had|been|gotten|assigned this|the number|phone|cell|new number|phone|$; this \
              is|s a|someones|an|now new number|phone $|and|i|not|now; number|phone was|has|is|been|just|recently* \
              reassigned|recycled; this|that|the number|phone|cell now|no|longer|doesnt|does|not* belongs|belong|belonged \
              to|2; this|the number|phone no|not longer belongs|belong|his|her|used; this|number|it|its is|s? a|our|the \
              business|work|company|office|landline|land|hospital|doctors|church|school|medical|law|restaurant|fax|government|emergency \
              line|phone|number|landline|office; this|its|it is|s? a landline; ^^ this|its|it is? a|an|our|the|my* \
              school|hospital|church|business|clinic|hotel|restaurant|landline|work phone|number|cell|line|please? $$; ^^ \
              this|its is? a|my|our work|business|company|school|office phone|number|cell|line $$; our business|landline|work|company line|number|phone; this|it|its is|s? my|a|the \
              childs|daughters|sons|kids|childrens|minors phone|number|cell; someone|somebody|anothers|another \
              elses|else|persons number|phone|cell; someone|somebody else has|owns|had this|that number|phone; \
              looking|searching|meant|trying|mistaken|mistaking|confused for|to|me|with reach|contact|text|for|with? \
              someone|somebody|another|a|me else|person|different|for; previous|former|prior|last owner|user|person|holder \
              of|had|who|on this|the|had number|phone|this; used to be|belong to? SOMEBODY|his|her|someone|their .. \
              number|phone|$; person|owner|tenant|customer is|has|was? deceased|dead|died|passed; owner|user|holder|person of \
              this|the|that phone|number|cell is|has|was* dead|deceased|died|passed|gone; ^^ \
              SOMEBODY|he|she|hes|shes|KIN|my|our|the KIN? has|is|have|had|just|recently|sadly|unfortunately* \
              passed|died|deceased|dead away? last|in|NUMBER|year|years|month|months|week|weeks|ago|a|an|OTHER|on* $$; ^^ \
              he|she|KIN|SOMEBODY|they* passed|died|deceased|dead away? please|pls? STOP TEXTING me|us|this|him|her|them? $$; \
              passed|died|dead|deceased away? .. stop|remove|unsubscribe|delete|take|dont; new owner|user of|to|for|at \
              this|the number|phone; i|we no longer have|rent|lease a|any|the|my|your|storage* unit|units|storage|space|locker \
              $|there|with|at|anymore|and|so|please; im|i a minor; texting|messaging a|the \
              child|kid|minor|stranger|business|landline"],
    ),
];
