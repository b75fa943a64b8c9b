//! "Stop" and "no more texts" in Chinese, Vietnamese, Tagalog, Korean, Portuguese, Russian, Arabic and Haitian Creole.
//!
//! Languages in Latin letters are rules like the others, over folded words. Those in letters of their own put endings and
//! prefixes on their words, or no blanks between them, so parts of words are looked for: a refusal and texts, in one sentence.

use super::Language::English;
use super::rule::{Effect, Rule};

const fn rule(id: &'static str, effect: Effect, patterns: &'static [&'static str]) -> Rule {
    Rule {
        id,
        effect,
        language: English,
        patterns,
    }
}

pub(super) const RULES: &[Rule] = &[
    rule(
        "guard.tongues",
        Effect::Ordinary,
        &[
            "dung ngung|dung|thoi; khong|chua|k|ko nhan duoc; wag|huwag na? nyo|po|ninyo* ihinto|itigil|tigilan; nao \
              para|pare; pa sispann|rete; para para",
        ],
    ),
    rule(
        "vi.refuse",
        Effect::OptOut,
        &[
            "dung|dun|ngung|thoi|thui|cham|khoi co|dut? .. nhan|nhang|gui|sms|nt|ib|text|nhac|tin; dung co? goi|gởi tin|cho; \
              khong|k|ko|hong|khoi|chang co? muon|can|thich .. nhan|tin|tn|message|text|sms; khong nhan bat|tin; huy dang ky; \
              tu choi nhan; xoa|bo so .. toi|danh; ^^ ngung|ngung|dung lai|nhan|di? $$; khong nhan .. tin nao nua",
        ],
    ),
    rule(
        "tl.refuse",
        Effect::OptOut,
        &[
            "wag|huwag|wg|wagna|hwag na|nyo|po|nyu|nio|ninyo|kayo|kayong|ako|akong|mo|kong|q|poh|i|mag* \
              text|txt|tex|itext|itxt|magtext|magmessage|message|padala|magpadala|padalhan|magpadalhan; tama na .. \
              text|txt|messages|message|sms; tigilan|itigil|ihinto|tigil nyo|na|ninyo|yan|ang* .. ako|ko|text|sms|txt|na; ^^ \
              itigil|tigil|tama na|yan|po* $$; itigil|tigilan na yan|yan|ako; alisin|tanggalin|tanggal|pakitanggal|pakialis nyo|na|ninyo|ang|po|ng* .. ko|number|numero|listahan|list|text; paki remove .. number|ko|list; ayaw|ayoko ko|na|ng* .. \
              text|messages|message|sms|txt; ayaw|ayoko na|po|ko* makatanggap|matanggap|makareceive; hindi|di na kailangan .. text|messages|sms; undanga na; kakatext|katetext",
        ],
    ),
    rule(
        "pt.refuse",
        Effect::OptOut,
        &[
            "nao|n|favor me|mi|nao* manda|mande|mandem|mandar|envie|enviem|envia|enviar|escreva|escrevam|mandes; nao quero \
              mais? .. receber|mensagem|mensagens|msg|msgs|sms|torpedo; \
              para|pare|parem|parar|chega|basta|deixem|deixe|cansei|parou de|com me|de* .. \
              mandar|enviar|mensagem|mensagens|msg|sms|text|encher|escrever; sem mais mensagens|mensagem|msg; \
              tira|tirem|tire|remova|remove|apaga|apague|exclua|excluam .. numero|telefone|contato; \
              descadastrar|descadastre|descadastro|descadastra; exclusao do meu; nao precisa mais .. \
              mandar|mandando|enviar|enviando|me; quero sair .. mensagens|grupo|lista; ^ parem imediatamente|agora|ja $; ^^ \
              pare|parem|sair|chega $$",
        ],
    ),
    rule(
        "ht.refuse",
        Effect::OptOut,
        &[
            "pa|pinga nou|ou|yo? voye|ekri|txt|text|ekrim anyen|mesaj|teks|m|mwen|ban|la|sou|sms|yo|anko; pinga nou|ou? \
              voye|ekri; sispann|sispan|rete|arete voye|ekri|kontakte|mesaj|teks|ban|texte; pa vle|bezwen|enterese .. \
              resevwa|mesaj|sms|teks; efase|retire|wete nimewo|numero|non; dezabone mwen|m; ^^ sispann|sispan|rete tanpri? $$; \
              pa gen mesaj|teks anko; ase .. teks|mesaj",
        ],
    ),
    rule(
        "ru.latin",
        Effect::OptOut,
        &[
            "ne|nye pishite|pishi|shlite|shli|prisylayte|prisilaite|otpravlyayte|posylaite; \
              hvatit|khvatit|prekratite|perestante|otstante .. sms|smski|pisat|slat|soobsheniya|soobsheniyami|menya|mne; \
              uberite|udalite .. nomer; ne nado .. slat|pisat|smski|sms",
        ],
    ),
    rule(
        "ar.latin",
        Effect::OptOut,
        &[
            "la|ma tirsilooli|tirsilo|tirsilu|tursilu|teb3at|teb3atooli|teb3atoli|teb3atouli|tursil|trsl|tersel|teb3ato; khalas|kefaya|kifaya|bas \
              msgs|msg|rasayel|messages|message; msgs|msg|rasayel khalas|kefaya|bas",
        ],
    ),
    rule(
        "zh.latin",
        Effect::OptOut,
        &["bu|bie yao|zai fa|zai|chuan; tui ding; bie fa|chuan"],
    ),
];

/// A language in letters of its own: parts of words, in lower case, between `|`.
struct Tongue {
    id: &'static str,
    doubt: &'static str,
    /// A refusal, which needs something of `texts` in its sentence.
    refusals: &'static str,
    texts: &'static str,
    /// Requests that need nothing else.
    requests: &'static str,
    /// Requests where they are the whole text.
    whole: &'static str,
    /// Wishes to keep the texts, or calls that are refused: nothing is asked for.
    kept: &'static str,
    /// Perhaps no more texts, or the wrong person.
    doubts: &'static str,
    /// The same where they are the whole text.
    whole_doubts: &'static str,
}

const TONGUES: &[Tongue] = &[
    Tongue {
        id: "zh.refuse",
        doubt: "zh.doubt",
        refusals: "别|別|不要|不想|不愿|不願|不必|不用|停止|勿|唔好|唔想|拒绝|拒絕|删|刪|移除|取消",
        texts: "发|發|传|傳|短信|簡訊|简讯|短訊|信息|訊息|消息|通知|message|send|text|打扰|打擾|煩我|烦我|联系|聯絡|聯繫|号码|號碼|名单|名單",
        requests: "退订|退訂|取消订阅|取消訂閱|拒收|短信都退",
        whole: "停止|取消|停|停止发送|td",
        kept: "别停|別停|不要停|继续发|繼續|打电话|打電話",
        doubts: "打错|打錯|发错|發錯|传错|傳錯|不认识|不認識|我不是|认错|搬走|没租|沒租|没有租|冇租|冇姓|太多|怎么会有我|怎麼會有我|哪里来的号码|投诉|律师|告你",
        whole_doubts: "不|不了|不用了|不用|神经病|神經病|滚|再见|唔使|唔要|不要",
    },
    Tongue {
        id: "ko.refuse",
        doubt: "ko.doubt",
        refusals: "그만|마세요|말아|말라|마라|마시|지마|중단|중지|거부|차단|빼주|빼 주|삭제|필요없|필요 없|안 받|안받|안 보내|원치 않|싫",
        texts: "문자|메시지|메세지|보내|연락|알림|광고|발송|수신|제 번호|내 번호|전화번호|명단",
        requests: "수신거부|수신 거부|구독 취소|구독취소|문자 그만",
        whole: "그만|중지|정지|취소|그만해",
        kept: "끊지|계속|문자로|전화는 하지",
        doubts: "번호 어떻게|이사 갔|이사갔|이메일로|아닙니다|잘못 보|잘못보|빌린 적|사람 아니|번호가 아니|번호 아니|번호고",
        whole_doubts: "아니요|아니오|ㄴㄴ|아뇨|미친놈들|싫어요|됐어요",
    },
    Tongue {
        id: "ru.refuse",
        doubt: "ru.doubt",
        refusals: "не пиш|не пеш|не шли|не присыл|не отправ|не надо|не хочу|не желаю|не нужн|не \
             беспок|хватит|прекрат|перестан|отстан|удалит|уберит|отзываю|больше не|харе|хорош|no more|stop|не слать|забудьте",
        texts: "сообщен|смс|пис|пиш|пеш|слать|шли|присыл|рассыл|уведом|напоминан|номер|спам|соглас|беспок",
        requests: "отписаться|отпишите|отписка|хватит слать",
        whole: "стоп|отказ|отписка|отмена|хватит|прекратите",
        kept: "не прекращ|не переставай|продолжай|не звон",
        doubts: "ошиблись|не туда попали|номер новый|новый номер|не арендов|не снимал|это телефон|никакого|съехал|откуда у вас|на \
             почту|не тот номер|неправильный номер",
        whole_doubts: "нет|идиоты|не надо|пока|не интересно|отвали",
    },
    Tongue {
        id: "ar.refuse",
        doubt: "ar.doubt",
        refusals: "لا ترسل|لاترسل|لا تبعت|لا تبعث|لا تدز|توقفوا|توقف عن|تتوقفوا|أوقف|اوقف|كفاية|كفايه|خلاص|بطلوا|بلاش|ما \
             ترسل|ماترسل|ماتبعت|ما تبعت|ما أبي|ما ابي|ما أريد|ما اريد|لا أريد|لا اريد|ما عاد|ماعاد|عدم إرسال|عدم ارسال|لا \
             داعي|احذف|شيلوا|تدزولي",
        texts: "رسائل|رسايل|رسالة|مسج|ترسل|تبعت|تبعث|ميساج|مراسل|إرسال|ارسال|رقمي|تدز",
        requests: "إلغاء الاشتراك|الغاء الاشتراك",
        whole: "توقف|إيقاف|ايقاف|قف|الغاء|إلغاء|كفاية",
        kept: "لا توقف|لا تتصل",
        doubts: "غلط|غلطان|نقلت من|منين جبتوا|من وين جبتوا|أنا مو|انا مو|أنا لست|هذا جوال|اشتريته|صاحبه القديم|عروض",
        whole_doubts: "لا|لا شكرا|حمير",
    },
];

/// The ids that [`read`] gives.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    TONGUES.iter().flat_map(|tongue| [tongue.id, tongue.doubt])
}

/// What a text in letters of its own asks for: the rule, and whether it is only a doubt.
pub(super) fn read(text: &str) -> Option<(&'static str, bool)> {
    if text.is_ascii() || !text.chars().any(|c| matches!(c, '\u{400}'..='\u{4ff}' | '\u{600}'..='\u{6ff}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')) {
        return None;
    }
    let lower = text.to_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    let has = |within: &str, parts: &str| parts.split('|').any(|part| within.contains(part));
    let is = |whole: &str| whole.split('|').any(|each| each == bare);
    let mut doubt = None;
    for tongue in TONGUES {
        if is(tongue.whole) {
            return Some((tongue.id, false));
        }
        if has(&lower, tongue.kept) {
            continue;
        }
        let asks = lower
            .split(['.', '!', '?', '。', '！', '？', '؟', '\n'])
            .any(|sentence| has(sentence, tongue.refusals) && has(sentence, tongue.texts));
        if asks || has(&lower, tongue.requests) {
            return Some((tongue.id, false));
        }
        if has(&lower, tongue.doubts) || is(tongue.whole_doubts) {
            doubt = doubt.or(Some((tongue.doubt, true)));
        }
    }
    doubt
}
