//! Requests in wordings that no list holds, and ordinary texts with the words of a request.

use consent::words::{Meaning, Preceding, classify};

use super::check;

#[test]
fn an_arrangement_of_words_that_no_list_holds_is_read_by_its_slots() {
    check(
        &[
            "scrap the text alerts for me",
            "what a lot of texts. they bother me at dinner so kindly end these messages",
            "I get these texts every morning. Make it stop.",
            "please yank me from these text blasts",
            "We are requesting that all texts be discontinued",
            "I'd be so thankful if these came to a halt",
            "you don't have to message me about this stuff, really",
            "Loved the place, but please stop the \"reminder\" texts",
            "On May 3 I wrote: STOP. why am I still getting these texts",
            "STOP I am at work and this keeps buzzing",
        ],
        Meaning::OptOut,
    );
}

#[test]
fn a_refusal_near_texts_that_no_frame_knows_stops_where_it_reads_like_a_request() {
    for text in [
        "axe my number from the rotation please",
        "me + your texts = done, kindly see to it",
        "please jettison my digits from the texting machine",
    ] {
        let reading = classify(text, Preceding::Nothing);
        assert_eq!(reading.meaning, Meaning::OptOut, "{text}: {reading:?}");
    }
    check(
        &[
            "can you resend the last message",
            "I'm not asking you to quit texting me I'm asking you to fix the lights",
        ],
        Meaning::None,
    );
}

#[test]
fn the_last_text_and_a_number_named_before_are_what_a_request_is_about() {
    check(
        &[
            "Let this be the last text",
            "I'd appreciate it if this were the last message I ever got from you.",
            "You have my old number. Please erase it",
            "quit blowin up my phone",
            "Unsubscribe my phone",
            "Leave. Me. Alone.",
            "No. Further. Messages.",
            "I take back whatever permission I gave for you to text me.",
            "Meanwhile cease texting this number.",
            "Kindly strike 555-0119 from your text roster",
            "stop with all the promos and messages",
            "sms no",
        ],
        Meaning::OptOut,
    );
    check(
        &[
            "can you get them to stop?",
            "Cancel that last message, I found my key",
            "never got the text with the code",
            "I will text you at the end",
            "Please don't take me off the list!",
        ],
        Meaning::None,
    );
}

#[test]
fn another_thing_to_stop_a_question_and_a_statement_are_ordinary() {
    check(
        &[
            "that guy idling his truck by my door needs to quit",
            "I'm not asking you to unsubscribe me, just to fix the spelling of my name",
            "he never texts me the balance",
            "why did you not text me",
            "Please do not disturb the items near the door",
            "please stop my autopay",
            "take me off the waiting list",
            "don't send the bill to my old address",
            "don't forget to text me",
            "text and don't call, text me instead",
            "Do Not Disturb is on. I'll reply later.",
            "don't stop the texts",
        ],
        Meaning::None,
    );
}

#[test]
fn what_the_sender_or_somebody_else_does_with_a_phone_or_a_text_is_ordinary() {
    check(
        &[
            "my carrier says they are about to shut off my phone tonight",
            "I'd rather not text him about the rent, can you ring the office",
            "please note my number has an 8 at the end",
            "I lost that msg, can you resend it",
            "the gate isn't one of those that lock by themselves",
            "pizza sounds good but for the game count me out",
            "I decided to remove my phone from my desk",
            "done",
            "ok cya",
            "she's not interested in a bigger unit, I asked her",
            "my cell died on the way",
        ],
        Meaning::None,
    );
    for text in [
        "So no messages. Did the rain get in?",
        "Please dun leave me alone with this lock",
    ] {
        let reading = classify(text, Preceding::Nothing);
        assert_ne!(reading.meaning, Meaning::OptOut, "{text}: {reading:?}");
    }
}

#[test]
fn words_as_phones_shorten_them_ask_for_no_more_texts() {
    check(
        &[
            "dnt tx me agn",
            "Nvr msg this # agn",
            "dun text me again",
            "Please un-sign-me-up",
        ],
        Meaning::OptOut,
    );
    check(&["wrng nmbr"], Meaning::Doubt);
}

#[test]
fn what_people_report_to_be_misread_is_read_well() {
    // A verb of a reaction begins a sentence of the sender's own, which has a quotation mark later.
    check(
        &[
            "Loved the place, but please stop the \"reminder\" texts",
            "Removed my number? Then \"STOP\"",
            "Loved the unit with the 8\" door but stop texting me",
            "Me encanta la bodega, pero deje de mandarme \"avisos\"",
            "On May 3 I wrote: STOP. why am I still getting these texts",
            "On 10/1 my husband wrote: STOP. Please honor it",
        ],
        Meaning::OptOut,
    );
    // A bare stop at the end: perhaps the end of the sentence, perhaps a request.
    for text in [
        "I already paid STOP",
        "I moved out stop",
        "Paid in full STOP",
        "thanks for the reminder stop",
        "unit is empty stop",
        "got it stop",
        "ya pague alto",
    ] {
        let reading = classify(text, Preceding::Nothing);
        assert!(
            matches!(reading.meaning, Meaning::OptOut | Meaning::Doubt),
            "{text}: {reading:?}"
        );
    }
    check(
        &[
            "I'm driving with Do Not Disturb While Driving turned on. I'll see your message when I get where I'm going.",
            "Sorry my phone was on do not disturb, what is the balance?",
            "Please do not disturb the items near the door",
            "why did you not contact me before the auction",
            "why did you not text me",
        ],
        Meaning::None,
    );
}

#[test]
fn stop_and_no_more_texts_are_known_in_eight_more_languages() {
    check(
        &[
            "不要再给我发短信",
            "退订",
            "停止",
            "đừng nhắn tin nữa",
            "dung gui tin nhan cho toi nua",
            "ngừng",
            "wag na po kayong magtext",
            "tama na ang text",
            "문자 그만 보내세요",
            "수신거부",
            "não me mande mais mensagens",
            "chega de mensagem",
            "не пишите мне больше",
            "стоп",
            "хватит слать смс",
            "لا ترسلوا لي رسائل",
            "إلغاء الاشتراك",
            "pa voye mesaj ban mwen ankò",
            "sispann voye mesaj",
        ],
        Meaning::OptOut,
    );
    check(
        &[
            "文件收到了，谢谢",
            "文件发到哪里？",
            "문자 끊지 마세요 계속 보내주세요",
            "Pa sispann voye mesaj yo",
            "đừng ngừng nhắn nha",
            "не прекращайте присылать напоминания",
            "لا توقفون الرسائل، أنا أحتاجها",
        ],
        Meaning::None,
    );
}
