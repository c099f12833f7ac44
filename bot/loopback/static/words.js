// The languages a phone can have, and the few words of the page itself. A language without words here shows English.
"use strict";

const LANGUAGES = [
  ["fi", "suomi"], ["sv", "svenska"], ["en", "English"], ["ru", "русский"], ["uk", "українська"], ["et", "eesti"],
  ["ar", "العربية"], ["fa", "فارسی / دری"], ["so", "Soomaali"], ["tr", "Türkçe"], ["fr", "français"],
  ["es", "español"], ["zh", "中文"],
];
const OTHER_LANGUAGES = [["de", "Deutsch"], ["vi", "Tiếng Việt"]];
const RIGHT_TO_LEFT = new Set(["ar", "fa"]);

const TEXTS = {
  en: {
    tagline: "in the browser – nothing leaves this computer", language: "Phone language", newPerson: "New person", review: "Review page (demo)",
    aboutTitle: "A phone to try the bot with",
    about: "This page stands in for Telegram. Write as a newcomer would; change the phone language and see what changes.",
    aboutTabs: "Each tab is a person of its own.",
    welcome: "Press Start to begin.", start: "Start", write: "Write a message", send: "Send", commands: "Commands",
    attach: "Send something else", log: "Messages", typing: "is writing …", ok: "OK", edited: "edited",
    reconnecting: "Reconnecting …", failed: "That did not work. Try again.", map: "Open the map", call: "Call",
    download: "Download", location: "Location", contact: "Contact", photo: "Photo", sticker: "Sticker",
    voice: "Voice message", copied: "Copied", other: "other",
  },
  fi: {
    tagline: "selaimessa – mitään ei lähde tältä tietokoneelta", language: "Puhelimen kieli", newPerson: "Uusi henkilö", review: "Vastaajien sivu (demo)",
    aboutTitle: "Puhelin, jolla bottia voi kokeilla",
    about: "Tämä sivu korvaa Telegramin. Kirjoita niin kuin uusi tulija kirjoittaisi. Vaihda puhelimen kieltä ja katso, mikä muuttuu.",
    aboutTabs: "Jokainen välilehti on oma henkilönsä.",
    welcome: "Aloita painamalla Aloita.", start: "Aloita", write: "Kirjoita viesti", send: "Lähetä", commands: "Komennot",
    attach: "Lähetä jotain muuta", log: "Viestit", typing: "kirjoittaa …", ok: "OK", edited: "muokattu",
    reconnecting: "Yhdistetään uudelleen …", failed: "Se ei onnistunut. Yritä uudelleen.", map: "Avaa kartta",
    call: "Soita", download: "Lataa", location: "Sijainti", contact: "Yhteystieto", photo: "Kuva", sticker: "Tarra",
    voice: "Ääniviesti", copied: "Kopioitu", other: "muu",
  },
  sv: {
    tagline: "i webbläsaren – ingenting lämnar den här datorn", language: "Telefonens språk", newPerson: "Ny person", review: "Sidan för dem som svarar (demo)",
    aboutTitle: "En telefon för att prova boten",
    about: "Den här sidan ersätter Telegram. Skriv som en nyanländ skulle skriva. Byt telefonens språk och se vad som ändras.",
    aboutTabs: "Varje flik är en egen person.",
    welcome: "Börja genom att trycka på Starta.", start: "Starta", write: "Skriv ett meddelande", send: "Skicka",
    commands: "Kommandon", attach: "Skicka något annat", log: "Meddelanden", typing: "skriver …", ok: "OK",
    edited: "redigerat", reconnecting: "Ansluter igen …", failed: "Det gick inte. Försök igen.", map: "Öppna kartan",
    call: "Ring", download: "Ladda ner", location: "Plats", contact: "Kontakt", photo: "Bild", sticker: "Klistermärke",
    voice: "Röstmeddelande", copied: "Kopierat", other: "annat",
  },
  ar: {
    tagline: "في المتصفح – لا شيء يغادر هذا الحاسوب", language: "لغة الهاتف", newPerson: "شخص جديد", review: "صفحة المجيبين (تجربة)",
    aboutTitle: "هاتف لتجربة البوت",
    about: "تقوم هذه الصفحة مقام تيليغرام. اكتب كما يكتب القادم الجديد، وغيّر لغة الهاتف لترى ما يتغير.",
    aboutTabs: "كل علامة تبويب شخص مستقل.",
    welcome: "اضغط «ابدأ» للبدء.", start: "ابدأ", write: "اكتب رسالة", send: "إرسال", commands: "الأوامر",
    attach: "إرسال شيء آخر", log: "الرسائل", typing: "يكتب …", ok: "حسنًا", edited: "مُعدَّلة",
    reconnecting: "جارٍ إعادة الاتصال …", failed: "لم ينجح ذلك. حاول مرة أخرى.", map: "افتح الخريطة", call: "اتصل",
    download: "تنزيل", location: "الموقع", contact: "جهة اتصال", photo: "صورة", sticker: "ملصق",
    voice: "رسالة صوتية", copied: "تم النسخ", other: "أخرى",
  },
  fa: {
    tagline: "در مرورگر – هیچ چیز از این رایانه بیرون نمی‌رود", language: "زبان تلفن", newPerson: "شخص جدید", review: "صفحهٔ پاسخ‌دهندگان (نمایشی)",
    aboutTitle: "تلفنی برای آزمودن ربات",
    about: "این صفحه جای تلگرام را می‌گیرد. مانند یک تازه‌وارد بنویسید و با تغییر زبان تلفن ببینید چه تغییر می‌کند.",
    aboutTabs: "هر زبانه یک شخص جداگانه است.",
    welcome: "برای آغاز، «شروع» را بزنید.", start: "شروع", write: "پیام بنویسید", send: "ارسال", commands: "دستورها",
    attach: "فرستادن چیز دیگر", log: "پیام‌ها", typing: "در حال نوشتن …", ok: "باشد", edited: "ویرایش شده",
    reconnecting: "اتصال دوباره …", failed: "انجام نشد. دوباره تلاش کنید.", map: "باز کردن نقشه", call: "تماس",
    download: "بارگیری", location: "مکان", contact: "مخاطب", photo: "عکس", sticker: "برچسب",
    voice: "پیام صوتی", copied: "کپی شد", other: "دیگر",
  },
};
