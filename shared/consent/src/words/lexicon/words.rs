//! The lists of words by tag.

use super::Tag::{
    self, About, And, Ask, At, Bound, Calls, Came, End, Enough, Fed, Fine, Flip, From, Get, Have, How, I, If,
    Is, It, Keep, Kill, Kind, Last, Leave, List, Mail, Make, Matter, May, Me, More, My, No, Not, NotAfter,
    NotSo, Number, Off, Only, Past, Pause, Permit, Please, Plural, Remove, Revoke, Said, Send, Skip, Take,
    Texts, These, They, Time, Until, Unwelcome, Use, Want, Welcome, Write, You,
};

/// English words, and those of other languages that mean the same in all.
pub(in crate::words) const ENGLISH: &[(Tag, &str)] = &[
    (
        Plural,
        "texts txts messages msgs sms texting messaging notifications alerts reminders blasts ads",
    ),
    (
        Please,
        "please pls plz plse plss plzz pleas pleez plase kindly svp porfavor porfa porfis plis tanpri",
    ),
    (
        Skip,
        "fucking fuckin fkn fking f**king f*cking effing freaking freakin frickin \
         frigging friggin flippin damn damned damm dang goddamn god d*mn bloody stinking dumb stupid dumbass annoying ridiculous \
         ever even really literally honestly seriously simply actually also very asap sir maam madam thanks thank thx thnx ty \
         tysm thankyou tks lol lmao omg omfg already immediately now permanently completely totally um uh nah ok okay k kk hey hi \
         hello well oh yo bro dude bruh brah honey dear hon sugar folks ma sis mom momma bestie fr frfr rn tbh ngl tho though wtf tf \
         the a an its such do doing gonna going go goin kind whole entire own automated automatic auto robo constant endless \
         further future additional any all every each both other be being been to too just here there still kinda sorta \
         constantly always forever altogether completely entirely effective whatsoever immediatly bless god yes yeah yep yea guys \
         mahalo aloha ensure hereby officially formally respectfully sincerely regards gladly politely somehow maybe perhaps \
         your ur yur yer da dat teh dis es son",
    ),
    (
        Not,
        "dont donot dnt dun don not never nor doent dony neva wouldnt shouldnt mustnt nt dotn object refuse decline reject opposed",
    ),
    (No, "no keine zero zip nomore nothing without nary lack"),
    (
        NotSo,
        "didnt havent hasnt hadnt wasnt werent isnt arent wont cant cannot couldnt doesnt aint dint",
    ),
    (
        End,
        "stop stp stoppit stap stahp stawp stopping quit quitting quits cease ceased halt desist discontinue discontinuing refrain \
         desistan",
    ),
    (
        Kill,
        "end ends ending ended stopped stops cancel cancell cancle terminate kill axe nix cut suspend lose ditch scrap dump trash toss skip spare hush disable deactivate mute \
         silence eliminate abolish unplug halted canceled cancelled discontinued ceased disabled \
         terminated shut muted dc",
    ),
    (
        Take,
        "take taking get getting drop dropped pull pulled yank strike cross cut keep kick leave boot bounce put leaving putting pluck sneak took taken bring \
        lift x mark haul rip opt move sign",
    ),
    (
        Remove,
        "remove rmv removing delete deleting erase scratch scrub wipe purge unlist expunge exclude excluding omit lose loose forget bin dnc detach unlink delist unenroll extricate jettison trash burn removed deleted erased excluded blacklist clear retire dump eliminate removal exempt excused unlisted scrap ditch destroy toss shred purged erased stricken",
    ),
    (Off, "off outta out outa offa"),
    (From, "from of frm form fro away"),
    (
        Leave,
        "unsubscribe unsub unsubscribed unsubscribing optout unenroll unregister deregister disenroll unfollow \
         desubscribe unsubbed",
    ),
    (
        Send,
        "text reminded bothered notified disturbed harassed txt tex txet texts message msg messages mesage contact sms hmu texting txting textin textn txtn txtng txtin texin txing textting messaging msging messagin smsing spamming spammin pinging contacting contactin texted txted messaged msged contacted spammed textme",
    ),
    (
        Write,
        "send write ping bother disturb spam harass harrass notify pester annoy bug solicit buzz snd sending sendin writing notifying bothering botherin harassing harrassing harrasing annoying bugging buggin pestering hassling disturbing soliciting hounding badgering bombarding blasting flooding alerting updating reminding msgin texing beeping buzzing dinging pinged solicited sent sends written communicate communicating correspond corresponding reach reaching hollerin blowin blowing comunicarse hit sneding communicated sendng hitting chatting nagging snding",
    ),
    (
        Get,
        "get getting receive receiving recieve recive recieving see seeing gettin hear hearing read have gets receives got gotten received reading getn takin accept accepting participate partake join",
    ),
    (
        Want,
        "want wanna wan need wish like care desire prefer appreciate wants interested intrested looking whant wanting wished \
         needed needs try trying tryna rather interest love glad happier grateful obliged choose elect \
         preference thankful object refuse decline reject opposed",
    ),
    (
        Permit,
        "consent consented permission authorize authorized authorise authorization agree agreed permit approve approved approval \
         authorisation allow allowed subscribe subscribed enroll enrolled signup consenting",
    ),
    (
        Revoke,
        "revocation withdrawal revoke revoked revoking withdraw withdrawing withdrawn withdrew rescind rescinded rescinding retract",
    ),
    (
        Texts,
        "text texts txt txts tex texs texes txtss textes txet message messages messsages msg msgs mssg mesage mesages massages sms smss mms texting txting \
         messaging messagin textin notification notifications notif notifs alert alerts reminder reminders communication communications comunication \
         correspondence blast blasts subscription subscriptions updates textmessage textmessages announcements \
         notices spam pings dings beeps buzzing texties textas testos tests",
    ),
    (
        Kind,
        "promo promos promotion promotions promotional marketing ad ads advertisement advertisements advertising offer offers deals \
         specials sale sales coupon coupons survey surveys newsletter newsletters solicitation solicitations discounts \
         commercial commercials referral contests contest weather holiday review reviews",
    ),
    (
        Calls,
        "call calls calling callin phonecalls phonecall robocalls robocall voicemail voicemails phoning phone ring ringing dialing called",
    ),
    (
        Mail,
        "email emails mail mails mailing mailings letter letters paper emailing newsletter newsletters enewsletter fax emailed",
    ),
    (
        Number,
        "number digits numbers num nbr nubmer numbr numba phone cell name names contact contacts info details mobile cellphone telephone fone \
         phonenumber line device",
    ),
    (
        List,
        "list lists lits listing database system systems records group groups groupchat chat thread directory roll roster mailing mailings \
         program service services rolodex campaign campaigns distribution recipients machine registry enrollment computer computers texter autotexter dialer mailer spreadsheet crm bot robot app robocall",
    ),
    (These, "these them em those thees theese dese"),
    (
        It,
        "this it that everything anything stuff bullshit shit crap bs nonsense something thing things one",
    ),
    (Me, "me us myself moi mee mine"),
    (My, "my our"),
    (
        You,
        "you u yall ya youre youve youd youll ull yous vous ustedes usted uds vos",
    ),
    (I, "i im ive id ill we weve wed were lets"),
    (
        They,
        "he she they hes shes him her his their theyre theyll who someone somebody anyone nobody noone everyone neighbor neighbors \
         neighbour guy husband wife son daughter mother dad father brother sister mom kid kids boyfriend girlfriend \
         friend people person man woman lady roommate ex manager tenant bank uncle aunt cousin grandma grandpa grandson \
         granddaughter boss driver landlord cousins brothers sisters wifes husbands sons daughters moms dads friends exs mothers fathers kids wifey cops police lawyer attorney",
    ),
    (
        Ask,
        "why did does whether what where which when whens how whyd whatd didja unless once whenever was were",
    ),
    (If, "if"),
    (
        May,
        "can could would will must should shall may might gotta better hafta need needs",
    ),
    (
        Matter,
        "unit units lease leases rental rentals rent reservation reservations appointment appointments appt tour visit booking contract autopay \
         autopayment payment payments pay paying billing bill bills charge charges charging fee fees late insurance warranty \
         protection coverage plan paperless statement statements invoice invoices lock locks gate code codes door doors key keys \
         alarm account acct card cards truck trailer move moveout space locker auction lien increase raise discount deposit order transfer \
         delivery pickup electricity power water leak leaking noise light lights camera membership refund check transaction \
         debit draft withdrawal policy dolly waitlist waiting meeting maintenance work working job school church car cars vehicle rack roof \
         furniture boxes box trash items item belongings parking spot class party trip flight music neighbor neighbors \
         access agreement as user hold elevator heat ac fan engine rats mice bugs rain sign bus train utility loan \
         cita unidad bodega pago pagos renta contrato reserva seguro cuenta candado autopago cargo cargos porton \
         paiement paiements prelevement bail location cadenas frais assurance unite entrepot local reservation",
    ),
    (
        Time,
        "until till til untill before after tonight tomorrow week weeks weekend weekends month months sunday sundays saturday monday tuesday \
        wednesday thursday friday night nights morning mornings am pm hour hours midnight noon payday march april june july \
        august september october november december january february summer spring winter meantime hasta noche viernes lunes \
        febrero lundi avant mientras while during daytime vacation",
    ),
    (Until, "until till til untill hasta jusqua"),
    (Bound, "before after during while avant"),
    (
        Past,
        "removed deleted erased excluded excused purged taken dropped stricken unsubscribed",
    ),
    (At, "at on in by via through thru during from over for with"),
    (About, "about regarding re concerning for"),
    (
        And,
        "and but so then because cause cuz bc since nor or nd n because period comma y pero porque et mais parce pis o ou",
    ),
    (Is, "is are was were am isnt arent"),
    (
        Have,
        "have has had got theres there get getting gotten receive received see saw seen was were is are find found",
    ),
    (
        Came,
        "came come coming comes yet through thru arrived showed show received recieved went gone since popped today yesterday lately recently back",
    ),
    (Keep, "keep continue keeping resume restart"),
    (
        Fine,
        "fine better best works work ok okay good easier great preferred enough correct plenty welcome",
    ),
    (Enough, "enough done finished through pau"),
    (Fed, "tired sick fed hate annoyed bored tire annoys despise"),
    (
        Flip,
        "accidentally accident mistake mistakenly miss missing forget hesitate mind worry fail ignore mean meant know think remember believe show note confirm verify",
    ),
    (
        Past,
        "agreed authorized consented subscribed approved signed asked requested allowed enrolled gave given wanted opted",
    ),
    (
        Said,
        "said told tell says telling replied wrote typed asked ask asking say saying reply type write respond repeat requested request requesting require demand demanding insist instructed directed begging beg order",
    ),
    (
        Unwelcome,
        "unwelcome unwanted unsolicited intrusive unappreciated",
    ),
    (Use, "use using used save share sell store add adding"),
    (
        Welcome,
        "welcome wanted appreciated needed necessary required allowed authorized permitted useful",
    ),
    (
        More,
        "more again anymore mo mor another longer further agian anymroe agn mas",
    ),
    (Make, "make makes let get have see give giving grant granting"),
    (How, "how way"),
    (Only, "only just only"),
    (Pause, "pause hold snooze suspend"),
    (Last, "last final"),
];

/// The same for Spanish words.
pub(in crate::words) const SPANISH: &[(Tag, &str)] = &[
    (
        Skip,
        "por favor porfavor porfa porfis plis plox ya yaa gracias mi amor senorita senor senora oye oiga oigan che mira hola buenas buenos tardes dias noches que q k me nos se \
        le les lo los la las el al del de des un una unos unas su sus tu tus este esta estos estas ese esa esos esas mis todo todos todas tanto tantos pinche \
        pinches mano nene asere diache cono vez a en otra nada lla ia por fabor fabor x mas",
    ),
    (Plural, "mensajes textos mensages mensajitos"),
    (Not, "no yano nunca jamas ni"),
    (No, "nomas ninguna sin ningun ningunos tampoco basta"),
    (
        End,
        "deje dejen deja dejar dejenme dejeme dejes dejame dejense pare paren para parar parale parenle parenla detener detenga detengan basta alto cese cesen \
         suspenda suspendan evite eviten desen pará dejalo finalice",
    ),
    (
        Kill,
        "cancelar cancelen cancela cancele cancelo anular desactivar desactiven eliminar terminar bloquear quitar quiten apagar detener",
    ),
    (
        Remove,
        "borre borren borra borrar borrame borreme borrenme borrenlo borralo quite quiten quita quitar quitame quiteme quitenme elimine eliminen elimina \
         eliminar eliminame elimineme eliminenme saque saquen saca sacar sacame saqueme saquenme remueva remuevan remover remuevame remueveme \
         remuevanme retire retiren retirar retirame retireme retirenme olvide olviden olvidenme olvideme pierda pierdan bajenme bajeme bajame vorrenme \
         kiten kitenme tachen tache excluir excluyan omitir omitan borrarme quitarme eliminarme sacarme salirme",
    ),
    (
        Leave,
        "desuscribir desuscribirme desuscribeme desuscribanme desuscribirse desinscribirme desinscribanme desuscribame desuscriba desuscriban \
         unsubscribeme desinscribir",
    ),
    (
        Send,
        "mande manden mandes manda mandan mandar mandarme mandarnos mandando mandandome mandandonos mandeis envie envien envies envia envian enviar enviarme enviarnos \
         enviando enviandome escriba escriban escribas escribe escriben escribir escribirme escribiendo escribiendome escribirnos textee texteen textees texte texten \
         textien textie textear textearme texteando texteandome mensajee mensajeen mensajear mensajearme moleste molesten molestes molestar molestarme molestando \
         contacte contacten contactes contactar contactarme notifique notifiquen notificarme avise avisen avisarme fastidie fastidien fastidiar acosar acosen hostigar \
         comunique comuniquen comuniquense spameen mandes mandeme mandenme escriban texteo llegen lleguen llegar siga sigan sigas seguir insistir busquen jodan chinguen joder chingar \
         fregar insista insistan buscarme volver vuelva vuelvan vuelvas",
    ),
    (
        Get,
        "recibir recivir resibir resivir recibiendo recibirlos leer tener ver saber estar resibo",
    ),
    (
        Want,
        "quiero quisiera deseo deseamos queremos necesito ocupo gustaria interesa interesan kiero quero prefiero preferiria deseo pido solicito \
         agradeceria agradezco kisiera interesado interesada quieren quiere necesario falta",
    ),
    (
        Permit,
        "consentimiento permiso autorizacion autorizo consiento acepto",
    ),
    (Revoke, "revoco retiro revocar anulo revocamos"),
    (
        Texts,
        "mensaje mensajes textos texto sms notificaciones notificacion avisos aviso alertas alerta recordatorios recordatorio msj msjs mensages mensaj \
         mnsjs comunicaciones comunicacion textitos mensajitos envios suscripcion subscripcion suscripciones mensajito testos msg",
    ),
    (
        Kind,
        "promociones promocion publicidad ofertas oferta propaganda anuncios descuentos promos marketing",
    ),
    (
        Calls,
        "llamen llame llames llamadas llamada llamar llamarme marquen marque llamando llamando llamenme",
    ),
    (Mail, "correo correos email emails carta cartas"),
    (
        Number,
        "numero telefono celular cel tel nombre contacto contactos datos cell",
    ),
    (List, "lista listas sistema registro base grupo"),
    (These, "estos esos"),
    (I, "yo nosotros"),
    (It, "esto eso nada ahi"),
    (
        They,
        "vecino esposo esposa hijo hija papa mama hermano hermana ella nadie alguien dile",
    ),
    (Ask, "si cuando como porque pq xq donde quien cual"),
    (May, "puede pueden podria podrian"),
    (
        Time,
        "hasta noche viernes lunes febrero marzo semana manana despues horas domingo ahora",
    ),
    (Fine, "mejor bien bueno"),
    (Fed, "harto harta cansado cansada fastidiado jarto"),
    (
        Me,
        "borrame borreme borrenme quitame quiteme quitenme eliminame elimineme eliminenme sacame saqueme saquenme remuevame remueveme remuevanme \
        retirame retireme retirenme bajenme bajeme bajame vorrenme kitenme borrarme quitarme eliminarme sacarme salirme olvidenme olvideme",
    ),
    (Is, "es"),
    (More, "mas"),
    (Came, "llego llegado llegaron mandaron recibi"),
];

/// The same for French words.
pub(in crate::words) const FRENCH: &[(Tag, &str)] = &[
    (
        Skip,
        "svp stp sil vous plait merci bonjour bonsoir salut les des le la de du un une vos votre ces ce cet cette tous tout toute toutes mon frere madame monsieur me \
        mes et encore don donc la tabarnak calice heille wallai pardon cher en que a ici tes ton",
    ),
    (NotAfter, "plus pas pu jamais rien aucun aucune pus"),
    (Plural, "messages textos sms"),
    (Not, "ne n"),
    (
        End,
        "arret arretez arrete arreter arretes cessez cesse cesser stoppez finissez arreteez arretons",
    ),
    (
        Kill,
        "annuler annulez annule suspendre suspendez desactiver desactivez bloquez terminer supprimer supprimez fini finir faut",
    ),
    (
        Remove,
        "retirez retire retirer enlevez enleve enlever supprimez supprime supprimer effacez efface effacer otez oter moter sortez radiez rayez retirez \
         mets mettez lachez lache menlever menlevez menlever meffacer meffacez mexclure",
    ),
    (
        Leave,
        "desabonner desabonnez desabonne desabonnement desinscrire desinscrivez desinscription desinscris desinscrit",
    ),
    (
        Send,
        "textez texter texte mecrire ecrire menvoyer envoyer denvoyer decrire deranger ecrivez ecris envoyez envoie contacter contactez contacte harceler \
         derangez derange menvoyez mecrivez nenvoyez mecris menvoie achaler achalez solliciter sollicitez necrivez envoyezmoi menvoies parle parlez texto \
         spammer spammez denvoyer",
    ),
    (Get, "recevoir avoir recois voir lire davoir"),
    (
        Want,
        "veux veut voudrais souhaite desire aimerais voulons souhaitons veuille veuillez prefere jveux besoin interesse interessee passerais",
    ),
    (
        Permit,
        "consentement autorisation consens consent autorise accepte permission",
    ),
    (Revoke, "revoque revoquer retire retirer annule"),
    (
        Texts,
        "message messages texto textos sms textes notification notifications alerte alertes communication communications rappels rappel avis mecs abonnement envoi envois",
    ),
    (
        Kind,
        "promotions promotion promo promos pub pubs publicite publicites rabais",
    ),
    (
        Calls,
        "appel appels appelez mappelez appeler telephonez telephoner",
    ),
    (Mail, "courriel courriels poste lettre"),
    (
        Number,
        "numero nom telephone cellulaire cell num portable coordonnees",
    ),
    (List, "liste listes dossier base affaires affaire"),
    (It, "ca cela ceci sa"),
    (Me, "moi moe menlever menlevez meffacer meffacez mexclure"),
    (You, "vous tu"),
    (I, "je"),
    (Ask, "pourquoi comment si quand"),
    (May, "pouvez pourriez peux pourrais pouvoir"),
    (
        Time,
        "lundi mardi mercredi jeudi vendredi samedi dimanche avant semaine",
    ),
    (Fine, "mieux correct suffit aide"),
    (Fed, "tanne tannee marre ecoeure fatigant"),
    (Enough, "assez"),
    (Came, "recu eu"),
];
