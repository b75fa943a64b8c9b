//! French wordings. ARRET and AIDE are the keywords of the Canadian carriers (CWTA short code guidelines).

use super::Language::French;
use super::rule::{Effect, Rule};

const fn rule(id: &'static str, effect: Effect, patterns: &'static [&'static str]) -> Rule {
    Rule {
        id,
        effect,
        language: French,
        patterns,
    }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "fr.keyword",
        Effect::OptOut,
        &["^^ \
              arret|arrete|arreter|arretez|arretes|arreteez|arrets|desabonner|desabonnement|desabonne|desabonnez|desabonnez|desabonnes|desinscrire|desinscription|desinscrit|desinscrivez|desinscris|retirer|retirez|retrait|cesser|cessez|supprimer|supprimez|enlever|enlevez|revoquer|resilier|stopper|stoppez|quitter|desactiver|terminer \
              ca|moi|tout|cela|maintenant|tous|svp|les|messages|textos|sms? tout|messages|textos? $$; ^ \
              arret|arretez|arrete|desabonner|desabonnement|desabonnez|cessez|desinscription|arreter ca|moi|tout|maintenant? \
              $; ^ ca|sa suffit|suffi $; ^ assez $; ^ plus rien $"],
    ),
    rule(
        "fr.keyword.review",
        Effect::Review,
        &[
            "^^ annuler|annulez|annule|annulation|fin|finir|assez|bloquer|bloque|pourriel|pourriels|spam tout|ca|moi? $$; \
              paye|payee|payes|regle|demenage|demenagee|recu|compris|quitte|vide|vides|parti|partie|note hier|aujourdhui|deja? \
              arret|arretez|stop $; mais arret|arretez $; pour le|ce|votre|linformation rappel|message|avis arret|arretez|stop \
              $",
        ],
    ),
    rule(
        "fr.not_interested",
        Effect::ReviewUnlessAnswering,
        &["pas|plus|non|peu du? tout? interesse|interessee|interesses"],
    ),
    rule(
        "fr.other_revocation",
        Effect::Review,
        &[
            "ca|sa|cela ne? minteresse|interesse pas|plus; minteresse pas|plus; ne? \
              mappelez|appelez|appelle|telephonez|mappeler|appeler plus|pas|jamais; va|allez|vas chier|te|vous|au|en \
              chier|diable|foutre|faire|enfer; va|allez chier|mourir; ta|vos|vot gueule|yeule|gueules; \
              tabarnak|tabarnac|calisse|calice|crisse|ostie|osti|caliss|crissez|decrisse|decrissez|decaliss; \
              foutez|fous|fiche|fichez|fout|crissez le|moi|patience camp|patience|la|paix; \
              degage|degagez|merde|connard|connards; harcelement|harceler|harcelez; je|vais|on vous|te|vais|va .. \
              bloquer|signaler|bloque|denoncer|poursuivre; qui|ou|comment vous|avez|a|tavez .. donne|eu|obtenu|trouve \
              mon|ce|la numero|permission|autorisation; jamais|pas demande|inscrit|autorise|consenti|abonne|signe .. \
              FR_MESSAGE|ca|$|a|recevoir|cela|pour; pourquoi .. \
              recois|recevoir|textez|ecrivez|envoyez|menvoyez|mecrivez|continuez|toujours .. \
              FR_MESSAGE|ca|toujours|encore|$|de; trop de FR_MESSAGE",
        ],
    ),
    rule(
        "fr.party",
        Effect::ReviewRegardless,
        &[
            "mauvais|faux|mauvaise|errone|mauvaises numero|numeros|personne|num|telephone|destinataire|cellulaire; \
              trompez|trompe|tromper|trompes|erreur de|sur numero|personne|destinataire; vous vous? \
              trompez|etes|faites|avez|tetes|tes trompe|trompes|erreur|tromper; je? ne? suis pas \
              SOMEBODY|cette|la|le|lui|elle|client|cliente|locataire|celui|celle|OTHER; ce|cest nest|pas|est pas|le|plus? \
              mon|le|son|SOMEBODY|bon|la|lui|moi|a|au|elle numero|telephone|bon|personne|SOMEBODY|bonne|$|lui; cest|nest \
              pas|plus SOMEBODY|moi|lui|elle|mon|le|son|a numero|bon|$|lui|elle|telephone|SOMEBODY; je? ne? \
              connais|connait|connaissons pas|aucun|aucune|personne de? SOMEBODY|cette|aucun|personne|vous|OTHER|du; il \
              ny|ya|nya a? pas|personne|aucun de|SOMEBODY|du|ici|OTHER; je? nai|ai|loue|naipas pas|jamais|aucun|plus \
              de|eu|dunite|loue|dentrepot|un|une|dentreposage \
              unite|entrepot|locker|chez|$|dentrepot|avec|rien|compte|casier|mini; nouveau|change numero|de; numero \
              appartient|reassigne|nappartient|change",
        ],
    ),
    rule(
        "fr.optin",
        Effect::OptIn,
        &["^^ \
            commencer|debut|debuter|reprendre|reabonner|reabonnement|reactiver|recommencer|recommencez|demarrer|sabonner|abonner|abonnement|reprenez|inscrire|reinscrire \
            FR_THE* FR_MESSAGE? $$; ^^ je veux|voudrais|souhaite|aimerais|accepte|desire|consens de? a? \
            recommencer|recevoir|reprendre|continuer|mabonner|reabonner|reactiver a? recevoir? FR_THE* FR_MESSAGE? \
            nouveau|encore? $$; ^^ me? reabonnez|reabonner|reactivez|reinscrivez|abonnez|reprenez|recommencez \
            moi|a|les|vos|FR_SENDING? FR_THE* FR_MESSAGE? $$"],
    ),
];
