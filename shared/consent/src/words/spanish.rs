//! Spanish wordings.

use super::Language::Spanish;
use super::rule::{Effect, Rule};

const fn rule(id: &'static str, effect: Effect, patterns: &'static [&'static str]) -> Rule {
    Rule {
        id,
        effect,
        language: Spanish,
        patterns,
    }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "es.keyword",
        Effect::OptOut,
        &["^^ \
              baja|alto|parar|basta|salir|pare|paren|pareme|parame|detener|detenga|detengan|detente|detenganse|terminar|termina|terminen|desuscribir|desuscribirme|desuscribirse|desuscribeme|desinscribir|desinscribirme|deshabilitar|desactivar|borrar|borrame|borreme|borrenme|eliminar|eliminame|elimineme|eliminenme|quitar|quitame|quiteme|quitenme|sacame|saqueme|saquenme|bloquear|revocar|suspender|anular|remover|removerme|remuevame|remuevanme|dejame|nomas|cesar|cesen|finalizar \
              ya|ahora|todo|esto|de|los|mensajes|textos|eso? ya|ahora? $$; ^ \
              alto|parar|basta|paren|desuscribir|pare|desuscribirme|desuscribanme|basta ya? $; ^ ya \
              basta|paren|parenle|pare|estuvo|parale $; ^ basta de; ^^ no mas|+ $$; ^ ya no mas? $; ^^ no mas $$; ^^ \
              STOP|alto|baja|parar mensajes|textos|alto|baja|parar|sms|todo $$; ^ no mas|+ por|mas|gracias|$"],
    ),
    rule(
        "es.keyword.review",
        Effect::Review,
        &["^^ \
              para|cancelar|cancela|cancelen|fin|finalizar|cancelame|cancelenme|dejar|dejen|deje|deja|suficiente|spam|acabar|nunca \
              ya|ahora|todo|esto|eso? ya? $$; ^^ para ya? $$; \
              pague|pagado|pagamos|pagada|mude|mudamos|mudado|deposite|transferi|recibido|entendido|listo|hecho|vacio|vacia|gracias \
              todo|ayer|hoy|completo|ya|la|mi|el|renta|mes? todo|renta|mes|pago? alto|parar|paren|basta|baja|stop $; pero \
              alto|parar|paren|basta $; por el|su|la|tu recordatorio|aviso|mensaje|informacion alto|parar|paren|basta|stop $"],
    ),
    rule(
        "es.not_interested",
        Effect::ReviewUnlessAnswering,
        &[
            "no me|nos interesa|interesan|interesado $; no|tampoco estoy|estamos|soy interesado|interesada|interesados; no me \
              interesa|interesan nada|sus|su|mas|gracias|esto|lo|ES_MESSAGE|recibir|estos",
        ],
    ),
    rule(
        "es.other_revocation",
        Effect::Review,
        &[
            "chinga|chinguen|chingate|chingada|chingense|jodete|jodanse|joder|puta|mierda|verga|culero|culeros|pendejos|cabron|cabrones|carajo|largo|larguense|pudranse|callate|callense|mamen|chingar|chinguense|putos|hdp; \
              vete|vayanse|vayase|vaya a|al|por|de la|carajo|diablo|infierno|chingada|mierda|aqui|ahi; que|como|quien|donde \
              les? dio|dieron|consiguieron|obtuvieron|sacaron|tienen|tiene mi|permiso|este numero|$|telefono; por|porque que? \
              me siguen|sigue|mandan|envian|escriben|manda|mandando|envia|escribe|llegan|siguen|molestan|estan; nunca|no|jamas \
              me? pedi|autorice|solicite|inscribi|suscribi|registre|di|firme|acepte .. \
              ES_MESSAGE|esto|mi|permiso|numero|estos|$|recibir; acoso|acosando|acosar|voy a|los \
              reportar|reportarlos|denunciar|demandar|bloquear|bloquearlos|bloqueare|denunciarlos|demandarlos|reportar; \
              los|lo|te|las voy|estoy|vamos a? bloquear|bloqueando|reportar|denunciar|demandar; es|esto|son|puro \
              spam|acoso|estafa|fraude; ^^ estafa|fraude|acoso|estafadores $$; bloqueado|bloqueados|reportado|reportados $; \
              demasiados|muchos|tantos ES_MESSAGE; no me|nos|nos? \
              molestar|molesten|moleste|molestes|chinguen|jodan|chingues|joda|frieguen|friegue|mamen|jodas|mas|insista|insistan; \
              callense|callate|silencio $",
        ],
    ),
    rule(
        "es.party",
        Effect::ReviewRegardless,
        &[
            "numero|telefono|persona|celular|num|no equivocado|equivocada|incorrecto|erroneo|equibocado|incorrecta|malo|mal; \
              equivocado|equivocada|equivocados|equibocado|equivocaste|equivocaron|equivoco|equivocan|equivoca de? \
              numero|persona|telefono|$; se|te|estas|estan|esta|ustedes \
              equivocado|equivoco|equivocan|equivocaron|equivocando|equivoca|equivocaste|confundieron|confundio|equivocados|equivocada; \
              no|yo no? soy SOMEBODY|esa|ese|el|la|ella|quien|cliente|inquilino|dueno|OTHER|yo; no es|era \
              mi|de|el|su|este|ella|SOMEBODY numero|SOMEBODY|telefono|celular|ella|correcto|storage; este|ese ya? no \
              es|pertenece|era el|a|de|mi|su|SOMEBODY; no|ni \
              conozco|conosco|conocemos|vive|tengo|tenemos|rento|he|se|trabaja|esta|existe a? \
              ningun|ninguna|esa|ese|nadie|SOMEBODY|una|un|quien|aqui|con|esta|ya|rentado|almacen|bodega|mas|la|el|este|unidad \
              SOMEBODY|persona|aqui|unidad|bodega|almacen|storage|es|eres|ustedes|$|son|numero|llamado|llamada|con|senor|que|nada|OTHER; \
              aqui no|nadie .. SOMEBODY|nadie|hay|vive|se|es|esa|con|llama; acabo|apenas de? \
              obtener|sacar|adquirir|conseguir|comprar|cambiar|recibir este|de|el numero; este|mi|el numero|telefono \
              ahora|es|ya|nuevo es|mio|de|otra|nuevo|no|cambio .. persona|mio|nuevo|pertenece|es|otra; nuevo numero|dueno $; \
              numero nuevo $; no|ni lo|la|los conozco|conosco $; ^^ \
              mi|el|la|senor|senora|KIN|esposo|esposa|padre|madre|hijo|hija|hermano|hermana|SOMEBODY|ya|ella|OTHER* \
              fallecio|murio|muerto|muerta hace|el|ano|NUMBER|OTHER* $$; tiene|tienen|tienes|marco|marcaste|escribio|mando \
              el|a|un|al numero|telefono|persona equivocado|incorrecto|equivocada|mal",
        ],
    ),
    rule(
        "es.optin",
        Effect::OptIn,
        &["^^ \
            iniciar|empezar|comenzar|comienzo|reanudar|reactivar|activar|alta|suscribir|suscribirme|resuscribir|reactiva|reactiven|reanuden|inicio|inscribir|volver|inicia|activa|reactivame|suscribeme \
            ES_THE* ES_MESSAGE? $$; ^^ quiero|deseo|quisiera|si|acepto|autorizo|me volver|gustaria|quiero|si|seguir? a? \
            recibir|recibirlos|reactivar|activar|reanudar|recibiendo ES_THE* ES_MESSAGE|alertas nuevamente|otra|de|denuevo? \
            vez|nuevo|ustedes? $$; ^^ quiero ES_THE* ES_MESSAGE $$; ^^ volver|vuelva|vuelvan|vuelve a \
            recibir|enviar|mandar|enviarme|mandarme|suscribirme|activar ES_THE* ES_MESSAGE? $$; ^^ \
            reactivar|activar|reanudar|reactiven|activen|reactive|reinicien|reanuden|reiniciar|active|habilitar|restablecer \
            ES_THE* ES_MESSAGE $$; ^^ quiero|deseo|darme|dar|darme de? suscribirme|alta|inscribirme|dar|darme|resuscribirme \
            de|otra|nuevo|nuevamente? alta|vez? $$"],
    ),
];
