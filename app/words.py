# ruff: noqa: E501, RUF001 -- words of many alphabets, many to a line
"""The words by which form fields are recognised, in the languages that forms are written in."""

import re
import unicodedata
from functools import cache, lru_cache

_SAME = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_LONGEST_ANSWER = 300  # characters that are looked at: a yes or a no stands in front
_UNSPACED = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # Hangul, kana, Han
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")

# A phrase matches whole words (in Chinese, Japanese and Korean: anywhere); "=" before it: only alone.
_EMAIL = """
    email, e mail, mail, emailaddress, correo, courriel, mel, emailadresse, e mail adresse, mailadresse, e mailadres,
    emailadres, posta elettronica, e posta, eposta, epost, e post, epostadress, sähköposti, sähköpostiosoite,
    eposti, почта, почты, эл почта, емейл, имейл, мейл, пошта, електронна адреса, ηλεκτρονικό ταχυδρομείο,
    ηλεκτρονική διεύθυνση, メール, 邮箱, 邮件, 郵件, 電郵, 信箱, 이메일, 메일, 전자우편, البريد الإلكتروني, البريد, بريد إلكتروني,
    الإيميل, إيميل, אימייל, מייל, דואר אלקטרוני, דוא ל, דואל
"""
_PHONE = """
    phone, telephone, tel, mobile, cell, cellphone, phonenumber, phone number, whatsapp, contact number, teléfono, móvil,
    celular, telefon, telefonnummer, telefonnr, rufnummer, handy, handynummer, mobil, mobilnummer, mobilfunknummer,
    mobiltelefon, téléphone, portable, cellulare, telefono, telefone, telemóvel, telefoon, telefoonnummer, mobiel, gsm,
    numer telefonu, telefonu, komórka, komórkowy, mobilnr, telefonummer, puhelin, puhelinnumero, matkapuhelin, mobilní,
    cep, cep telefonu, telefonunuz, telefon numaranız, телефон, телефона, мобильный, телефону, мобільний, τηλέφωνο,
    τηλεφώνου, κινητό, 電話, 携帯, 电话, 手机, 手機, 전화, 휴대폰, 휴대전화, 핸드폰, 연락처, هاتف, الهاتف, رقم الهاتف, جوال, الجوال,
    موبايل, טלפון, נייד
"""
_FIRST = """
    first name, firstname, vor und nachname, fname, given name, givenname, forename, name first, name given, =first, =given, primer nombre,
    vorname, prénom, prenom, primo nome, nome di battesimo, primeiro nome, voornaam, imię, förnamn, fornavn, etunimi,
    křestní jméno, =ad, =adı, =adınız, الاسم الأول, الاسم الاول, שם פרטי, =名, =めい
"""
_LAST = """
    last name, lastname, lname, surname, family name, familyname, name last, name family, =last, =family, apellido,
    apellidos, nachname, familienname, zuname, nom de famille, cognome, sobrenome, último nome, apelido, achternaam,
    familienaam, nazwisko, efternamn, efternavn, etternavn, sukunimi, příjmení, soyad, soyadı, soyadınız, soyisim,
    фамилия, прізвище, επώνυμο, επίθετο, 苗字, =姓, =せい, =성, اسم العائلة, اللقب, שם משפחה
"""
_NAME = """
    name, fullname, full name, nombre, nom, nome, naam, namn, navn, nimi, jméno, isim, ad, adı, adınız, имя, фио, ім'я, піб,
    όνομα, ονοματεπώνυμο, 名前, 氏名, 姓名, 名字, 称呼, 稱呼, 이름, 성함, 성명, الاسم, الاسم الكامل, اسمك, שם, שם מלא, שמך
"""
_NOT_A_PERSON = """
    company, organization, organisation, business, firm, firma, employer, empresa, entreprise, société, unternehmen, azienda,
    bedrijf, företag, virksomhed, yritys, şirket, компания, компании, организация, организации, компанія, εταιρεία, 会社, 公司,
    企業, 회사, شركة, الشركة, חברה, החברה, user, username, login, nickname, utilisateur, usuario, benutzer, product, event,
    file, form, page, campaign, source, utm, domain, website, site, project, team, school, pet, list, segment, plan, brand,
    store, shop, city, street, country, course, organizer, owner, agent, workflow, sender, friend, referrer, manager,
    件名, 商品
"""
_MARKETING = """
    newsletter, newsletters, marketing, mailing list, promotions, promotional, promotion, special offers, offers, subscribe,
    subscribed, opt in, optin, news and offers, accepts marketing, keep me informed, keep me posted, boletín, novedades,
    promociones, suscribirme, suscríbete, publicidad, ofertas, werbung, rundbrief, angebote, abonnieren, infolettre, publicité,
    offres, abonner, promozioni, offerte, novidades, promoções, boletim, nieuwsbrief, aanbiedingen, biuletyn, marketingowe,
    marketingowych, marketingowy, nyhetsbrev, nyhetsbrevet, nyhedsbrev, nyhedsbrevet, erbjudanden, tilbud, uutiskirje,
    uutiskirjeen, markkinointi, novinky, zpravodaj, obchodní sdělení, bülten, e bülten, kampanya, рассылка, рассылку, рассылки,
    подписка, подписаться, розсилка, розсилку, підписка, підписатися, ενημερωτικό, ενημερωτικά, προσφορές, メルマガ,
    ニュースレター, お知らせ, 配信, 订阅, 訂閱, 电子报, 電子報, 营销, 行銷, 优惠, 뉴스레터, 마케팅, 수신, النشرة, نشرة, للنشرة, العروض, التسويق,
    ניוזלטר, לניוזלטר, הניוזלטר, עלון, לעלון, דיוור, מבצעים
"""
_CONSENT = """
    consent, agree, permission, consentimiento, einwilligung, einverstanden, consentement, consenso, consentimento,
    toestemming, zgoda, wyrażam zgodę, samtycke, samtykke, suostumus, souhlas, onay, izin, согласие, згода, συγκατάθεση,
    同意, 동의, موافقة, أوافق, הסכמה, מסכים
"""
_PRIVACY = """
    privacy, terms, policy, conditions, data protection, personal data, data processing, process my data, gdpr, dsgvo, rgpd,
    avg, cookies, datenschutz, datenschutzerklärung, personenbezogene, personenbezogenen, agb, confidentialité, traitement,
    conditions générales, privacidad, términos, condiciones, tratamiento, datos personales, dati personali, trattamento,
    privacidade, termos, dados pessoais, privacyverklaring, persoonsgegevens, voorwaarden, regulamin, prywatności, danych
    osobowych, integritetspolicy, personuppgifter, persondata, personopplysninger, vilkår, villkor, tietosuoja, osobních údajů,
    obchodní podmínky, gizlilik, kvkk, kişisel, персональных данных, политика, политикой, условия, персональних даних, умови,
    προσωπικών δεδομένων, όροι, όρους, プライバシー, 個人情報, 規約, 隐私, 隱私, 条款, 條款, 개인정보, 약관, الخصوصية, الشروط, פרטיות,
    תנאים, תקנון, share your answers
"""
_AGAINST = """
    unsubscribe, unsubscribed, opt out, optout, do not want, don t want, do not send, don t send, do not wish, don t wish,
    do not contact, don t contact, do not email, don t email, do not subscribe, rather not, prefer not, no quiero, no deseo,
    darme de baja, kein, keine, keinen, nicht, abmelden, abbestellen, ne souhaite pas, ne veux pas, désinscrire, désabonner,
    non voglio, non desidero, não quero, não desejo, geen, niet, afmelden, nie chcę, nie wyrażam, inte, ikke, en halua,
    nechci, istemiyorum, не хочу, не согласен, не отправляйте, не бажаю, δεν θέλω, 希望しない, 不要, 不同意, 退订, 取消,
    거부, 원하지, لا أرغب, لا أريد, לא מעוניין, לא רוצה, הסר
"""
_ANY_TIME = """
    any time, anytime, jederzeit, à tout moment, en cualquier momento, in qualsiasi momento, in ogni momento, a qualquer momento,
    te allen tijde, op elk moment, w każdej chwili, w dowolnym momencie, när som helst, når som helst, milloin tahansa, kdykoli,
    kdykoliv, istediğiniz zaman, в любой момент, в любое время, будь коли, οποτεδήποτε, ανά πάσα στιγμή, いつでも, 随时, 隨時,
    언제든, في أي وقت, בכל עת
"""
_YES = """
    yes, y, true, 1, on, ok, checked, accept, accepted, accepts, agree, agreed, i agree, granted, subscribed, subscribe,
    opt in, opted in, sí, si, ja, jawohl, oui, sì, sim, tak, joo, kyllä, ano, áno, evet, да, так, ναι, はい, 同意する, 同意します,
    是, 好, 同意, 예, 네, 동의, 동의함, 동의합니다, نعم, أوافق, כן, מסכים
"""
_NO = """
    no, n, false, 0, off, not, never, unchecked, refused, declined, unsubscribed, opt out, opted out, nein, non, não, nee, nie,
    nej, nei, ei, ne, hayır, нет, ні, όχι, いいえ, 同意しない, 否, 不, 不同意, 아니요, 아니오, 동의하지 않음, 미동의, لا, לא
"""
_LISTS = {
    "email": _EMAIL,
    "phone": _PHONE,
    "first": _FIRST,
    "last": _LAST,
    "name": _NAME,
    "not a person": _NOT_A_PERSON,
    "marketing": _MARKETING,
    "consent": _CONSENT,
    "privacy": _PRIVACY,
    "against": _AGAINST,
    "any time": _ANY_TIME,
}


def plain(text: str) -> str:
    """Return ``text`` for comparing: lower case, no accents, single blanks (``firstName`` becomes ``first name``)."""
    text = unicodedata.normalize("NFKD", _CAMEL.sub(" ", text))
    text = "".join(c for c in text if unicodedata.category(c) != "Mn").casefold().translate(_SAME)
    return _BETWEEN.sub(" ", text).strip()


@lru_cache(maxsize=16_384)  # the labels of a form come again with every answer
def speaks_of(kind: str, label: str) -> bool:
    """True if a label (as `plain` made it) has one of the words of that kind."""
    return _pattern(kind).search(label) is not None


def without(kind: str, label: str) -> str:
    """Return the label without its words of that kind."""
    return _pattern(kind).sub(" ", label).strip()


def answer(text: str) -> bool | None:
    """Read an answer: True for a yes, False for a no, None for neither."""
    said = plain(text[:_LONGEST_ANSWER])
    for words in (said, said.split(" ", maxsplit=1)[0]):
        if words in _answers(_NO):
            return False
        if words in _answers(_YES):
            return True
    return None


@cache
def _answers(words: str) -> frozenset[str]:
    return frozenset(plain(word) for word in words.split(","))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(_alternative(phrase.strip()) for phrase in _LISTS[kind].split(",")))


def _alternative(phrase: str) -> str:
    words = re.escape(plain(phrase)).replace(r"\ ", " ")
    if phrase.startswith("="):
        return rf"\A{words}\Z"
    return words if _UNSPACED.search(words) else rf"(?<!\w){words}(?!\w)"
