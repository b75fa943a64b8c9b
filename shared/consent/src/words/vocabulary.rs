//! Classes of words that the tables name in capitals.
//!
//! A class may name classes above it. The rulebook also knows four classes of words that no rule names: `OTHER`,
//! `NAME` (Capitalised), `NUMBER` and `OTHERING` (unknown words in -ing).

/// Number of a word in the vocabulary.
pub(super) type WordId = u16;

/// A word that the vocabulary does not hold, by what can be seen of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Nothing in particular.
    Plain,
    /// Digits only.
    Number,
    /// Written With A Capital.
    Name,
    /// Ends like a verb, "worrying".
    Gerund,
}

/// The word ids of unknown words, before all ids of the vocabulary.
pub(super) const UNKNOWN: [(Unknown, WordId); 4] = [
    (Unknown::Plain, 0),
    (Unknown::Number, 1),
    (Unknown::Name, 2),
    (Unknown::Gerund, 3),
];

/// Whether an id stands for words that the vocabulary does not hold.
pub(super) const fn is_unknown(id: WordId) -> bool {
    (id as usize) < UNKNOWN.len()
}

/// Each class with its words, folded (no accents, no apostrophes).
pub(super) const CLASSES: &[(&str, &str)] = &[
    // Passed over between the steps of a pattern.
    (
        "SOFT",
        "please pls plz plse plss plzz kindly fucking fuckin fkn fking f**king f*cking effing freaking \
         freakin frickin \
         frigging friggin damn damned damm dang goddamn bloody ever again even really immediately now \
         already tf pleas totally \
         completely permanently simply actually also very asap sir maam literally seriously honestly right \
         por favor porfavor porfa ya svp",
    ),
    // Says nothing at the edges of a clause. `no` and `yes` are here for "no stop"; alone they are answers.
    (
        "FILLER",
        "SOFT thanks thx thnx thks tks ty tysm thankyou hi hello hey heya hola ok okay k kk yes yea yeah \
         yep yup no \
         nope nah oh um uh hmm well so just lol lmao madam sirs guys team folks people everyone everybody \
         dear yall bro \
         dude man bruh girl sis mom babe honey friend yo bye goodbye goodnight regards sincerely respectfully \
         cordially period exclamation point mark re fw fwd urgent omg omfg jeez geez god gosh jesus christ \
         lord \
         🛑 ✋ 🚫 🖕 ⛔ 📵 🔕 ❌ 🤬 🤚 🙅 🖐 sorry ffs smh tho though fr frfr rn tbh ngl deadass asf af and but then \
         gracias merci bonjour bonsoir salut allo buenas buenos dias tardes \
         noches senor senora senorita amigo amigos oye oiga",
    ),
    // Senders of texts.
    (
        "YOU",
        "you u ya yall ur youre your they it this that them these those everybody everyone people guys",
    ),
    (
        "THE",
        "the these this those that your ur yur you all any every anymore more my our further future such \
         additional \
         other of them both stupid dumb annoying automated automatic auto unwanted unsolicited endless \
         constant \
         constantly daily weekly promotional marketing spam junk bullshit bs shit crap crappy ridiculous \
         nonsense \
         commercial robo da teh dem rent payment phone cell mobile sales bulk mass random SOFT to for from \
         with about me \
          a an",
    ),
    (
        "MESSAGE",
        "text texts txt txts tex textes message messages messsages msg msgs mssg mesage massages sms mms \
         texting txting messaging \
         notification notifications notif notifs alert alerts reminder reminders communication communications \
         correspondence promo promos promotion promotions spam ads ad advertisement advertisements advertising \
         solicitation solicitations solicitating blasts subscription subscriptions marketing updates \
         telemarketing \
         robotexts robotext textmessage textmessages announcements newsletters newsletter",
    ),
    // "stop", and what people type for it.
    (
        "STOP",
        "stop 🛑 stoppit stap stahp stawp stopping quit cease halt desist discontinue refrain",
    ),
    (
        "TEXTING",
        "texting communicating corresponding txting textin txtin txtng txtn textn texin txing textting messaging msging messagin \
         smsing sending sendin spamming spammin pinging \
         writing contacting contactin notifying bothering botherin harassing harrassing harrasing annoying \
         bugging \
         buggin pestering hassling disturbing stalking soliciting hounding badgering bombarding blasting \
         flooding \
         blowing alerting updating reminding msgin texing",
    ),
    (
        "TEXT",
        "text texts txt tex message messages msg sms contact texting txting messaging contacting textme \
         bother disturb \
         harass harrass bug pester spam solicit notify annoy",
    ),
    (
        "NOT",
        "dont donot dnt dnot dun don not never nor doent dony dotn neva",
    ),
    (
        "NEG",
        "NOT no longer nolonger didnt wont doesnt cant cannot couldnt wouldnt aint isnt arent rather",
    ),
    (
        "GET",
        "get getting receive receiving recieve recive recieving have see seeing receives gettin be hear \
         hearing",
    ),
    (
        "TEXTED",
        "contacted reminded alerted updated pinged texted txted messaged msged bothered disturbed notified called emailed solicited \
         subscribed spammed \
         harassed",
    ),
    // Getting off a list.
    (
        "REMOVE",
        "remove rmv take delete drop scratch strike pull erase cross get removing taking removed taken \
         deleted keep kick wipe purge scrub expunge eliminate",
    ),
    (
        "LIST",
        "list lists listing database system systems contacts records record texts text texting messages \
         messaging thing \
         group groups chat thread files file directory distribution mailing mailings service program \
         subscription \
         subscriptions rolodex marketing campaign campaigns alerts notifications sms phone here everything \
         this these \
         that those broadcast blast books txt msg communications feed",
    ),
    // What storage tenants cancel, stop, remove and opt out of besides texts.
    (
        "MATTER",
        "unit units lease leases rental rentals reservation reservations appointment appointments appt \
         tour visit \
         booking contract autopay autopayment autopayments payment payments pay paying billing bill bills \
         charge \
         charges charging fee fees late rent insurance warranty protection coverage plan paperless \
         statement statements \
         invoice invoices lock locks gate code codes door doors key keys alarm account card cards truck \
         trailer move \
         moveout space locker auction lien increase raise discount deposit order transfer delivery pickup \
         electricity power water leak leaking noise light lights camera membership refund check \
         transaction debit \
         autodraft draft withdrawal withdrawals policy dolly waitlist waiting meeting maintenance work \
         working worker car cars vehicle rack roof furniture boxes box trash items item stuff belongings \
         things \
         mail letter paper printed driveway parking spot class party trip flight job school church time music \
         people kids neighbor neighbors someone somebody bank automatic recurring access \
         agreement elevator heat ac fan machine engine bleeding crying smoking drinking worrying worry \
         fighting traffic cops police thief thieves theft animals mice rats bugs pests rain flooding \
         sign signs bus train game season utility utilities loan cita unidad bodega pago pagos renta contrato \
         reserva reservacion seguro cuenta",
    ),
    // Kinds of text that people refuse alone.
    (
        "KINDS",
        "promo promos promotion promotions promotional marketing ad ads advertisement advertisements offer offers deals specials sale \
         sales coupon coupons survey surveys newsletter newsletters discounts referral contest contests reviews promociones \
         ofertas descuentos rabais insurance auction holiday review receipt",
    ),
    // Relatives of the sender, whose number it may be.
    (
        "KIN",
        "husband husbands wife wifes son sons daughter daughters mother mothers mom moms father fathers \
         dad dads \
             brother brothers sister sisters kid kids child childs grandson grandsons friend friends \
         boyfriend girlfriend \
             grandmother grandmothers work business company office boss bosss",
    ),
    // Somebody's name: any unknown word with a capital, and common first names that people write without one.
    // Names that are also words (Will, Mark, Bill, May) are left out.
    (
        "SOMEBODY",
        "NAME james john robert michael david william richard joseph thomas charles christopher daniel \
         matthew anthony \
         steven paul andrew joshua kenneth kevin brian george timothy ronald jason edward jeffrey ryan \
         jacob gary \
         nicholas eric jonathan stephen larry justin scott brandon benjamin samuel gregory alexander \
         patrick jose carlos \
         juan luis miguel jorge pedro jesus2 mike dave bob jim tom joe steve dan chris matt tony josh ken \
         kyle tyler \
         marcus deshawn darnell jamal mary patricia jennifer linda elizabeth barbara susan jessica karen \
         sarah lisa nancy \
         sandra ashley emily kimberly margaret donna michelle carol amanda melissa deborah stephanie \
         rebecca laura sharon \
         cynthia kathleen amy angela shirley anna brenda pamela nicole samantha katherine christine helen \
         debra rachel \
         carolyn janet maria catherine heather diane olivia julie joyce victoria kelly christina joan \
         evelyn lauren \
         judith megan andrea cheryl hannah martha jacqueline frances gloria ann teresa sara janice jean \
         alice kathryn \
         julia ana rosa carmen guadalupe veronica lupe debbie tammy tiffany brittany keisha latoya monica \
          crystal",
    ),
    (
        "START_AGAIN",
        "start resume begin restart reactivate reinstate unblock unstop resubscribe",
    ),
    // Words that are a whole message. CFR: 47 CFR 64.1200(a)(10); then the providers' defaults: Twilio STOPALL and
    // OPTOUT, Telnyx STOP ALL, AWS REMOVE, TD (texto de desinscripcion) and ARRET, Plivo UNSUB, Infobip and Vonage
    // STOP, Bandwidth OPT-OUT, the CWTA's (Canada) ARRET.
    (
        "KEYWORD",
        "stop quit end cancel unsubscribe revoke optout stopall unsub remove arret alto parar baja start \
         unstop help \
         info removeme nomore aide ayuda exit optin",
    ),
    // Those that mean nothing but texts; the others may mean the unit and go to review.
    (
        "PLAIN_KEYWORD",
        "stop stoppit stopall unsubscribe unsubscribed optout unsub stahp stap desist",
    ),
    // Words that some rule names, and that count as unknown words (`OTHER`) all the same.
    (
        "COMMON",
        "note lost late body till whenever wherever whether helps makes feel seen werent shouldnt lets went youd itll theyll \
         shell two couple bathroom restroom coffee food lunch dinner buses trains taxi tram hard single \
         sometimes sudden eventually finally hopefully maybe probably scheduled reads button wheel nearest \
         closest red dun paid sold fixed handled read mode setting settings enabled customers activada \
         activado ayer completo conducir conduzco deposite entendido estaba funcion hecho listo manejar \
         manejo mientras modo mudado mudamos mude opcion pagada pagado pagamos pague recibido transferi \
         vacia vacio volante pq xq activee appele conduisant demenage demenagee etait fonction parti partie \
         paye payee payes quitte regle vide vides voiture volant quand",
    ),
    // "I already paid stop" is a stop behind something else. Three classes tell it from a stop that belongs to the clause.
    // These are a cause or a question anywhere before it: "make the noise stop", "tell me when they stop".
    (
        "CAUSE",
        "when whenever where wherever why how what which who whose whether if unless until till once before \
         make makes making made let lets letting help helps see saw seen watch hear heard feel say says \
         said saying \
         cuando donde porque si hasta quand ou pourquoi comment",
    ),
    // At the beginning of the clause: "will the rain stop".
    (
        "ASKING",
        "CAUSE will would should could can cant couldnt wont wouldnt shouldnt did didnt does doesnt do dont \
         is isnt are arent was wasnt were werent has hasnt had shall might must am",
    ),
    // Right before it, for it would be unfinished without the stop: "the bus stop", "it should stop".
    (
        "UNFINISHED",
        "CAUSE the a an my your his her our their its this that these those each every any some another \
         other same no \
         at by to from of on in for with near into and or nor than as \
         will would should could can cant cannot couldnt wont wouldnt shouldnt do does did dont doesnt \
         didnt not never might must shall \
         i you u he she it we they ill youll theyll itll hell shell well id youd gonna going wanna want \
         gotta hafta lets go \
         bus buses truck trucks train trains tram taxi metro subway gas fuel rest pit door next last first \
         second third final full complete sudden emergency parking wheel nearest closest big small new red \
         hard dead whistle non one short quick only single wrong previous scheduled coffee food lunch \
         dinner bathroom restroom back kick tour more few two three multiple many several extra \
         is are was were be been being am im its isnt reply type press hit click write respond send \
         always usually often sometimes eventually finally suddenly hopefully probably maybe ever even \
         completely totally really actually simply \
         sign signs reads word called named button autopay noise music alarm leak rain d dun neva el la un \
         una su mi le les l une du",
    ),
    // Spanish.
    (
        "ES_THE",
        "mas los las la el sus su estos estas este esta tus tu mis mi esos esas ese esa todos todas todo de a \
         ningun ningunos ninguna otro otra otros mensajes texto por con un una recibir enviarme mandarme \
          recibiendo",
    ),
    (
        "ES_MESSAGE",
        "mensaje mensajes textos texto sms notificaciones notificacion avisos aviso alertas alerta \
         recordatorios recordatorio promociones promocion publicidad ofertas oferta msj msjs mensages \
          mensaj mnsjs anuncios comunicaciones comunicacion propaganda textitos txt msg texts messages",
    ),
    // French.
    (
        "FR_THE",
        "les vos ces de des tous tout toute toutes plus mes mon ma autre autres la le cet ce aucun tes \
         votre ton toi dautres me nous leurs denvoyer a et recevoir un une texte",
    ),
    (
        "FR_MESSAGE",
        "message messages texto textos sms texte textes notification notifications alerte alertes \
         publicite publicites pub pubs promotions promotion promo promos courriel courriels communication \
          communications rappels rappel avis texting pourriels",
    ),
    (
        "FR_SENDING",
        "texter mecrire ecrire menvoyer envoyer contacter denvoyer decrire deranger appeler harceler \
         solliciter textez contactez \
         derangez ecrivez envoyez harcelez texte textes contacte contactes derange deranges texto \
          mappeler messager achaler achalez",
    ),
    // Known words next to a keyword, which are not its misspellings.
    (
        "NEIGHBOURS",
        "shop stow step slop top tops atop sop strop spot stops stomp stock stoops stow stoop2 swop \
         stopped stopper \
         stopgap stopwatch stopover stoplight stoppage stopsign sto store story stool cancer cancels \
         canceled cancelled \
         canceling cancelling remote removes remover removal contract contacts contractor testing tenting \
         resting \
         lumber numbers spending tending wring wrung massage massaging passage sage lease pleased pleas \
         alone along \
         clone elected reelected resubscribe subscribe subscribed endow ending ended ends endless stopby bstop",
    ),
    // Words that people write with a capital and that are nobody's name.
    (
        "NO_NAMES",
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june \
         july august \
         september october november december jan feb mar apr jun jul aug sep sept oct nov dec christmas \
         thanksgiving \
         easter halloween english spanish american usps ups fedex amazon venmo zelle paypal visa \
         mastercard discover \
         google apple wifi internet public extra happy sure available ready correct fair true right good \
         okay great bad \
         acceptable possible interested able allowed available open closed home late early fine safe clean \
         dirty full \
         empty big small enough mad happy upset joking kidding clear legal necessary today tomorrow \
         yesterday tonight \
         am pm usa texas florida california ohio",
    ),
];
