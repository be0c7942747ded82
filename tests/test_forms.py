# ruff: noqa: RUF001 -- words of many alphabets
"""Finding a person in forms of every language, and in none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contact import ConsentState
from app.forms import FormField, find_person

LABELS = {
    "en": ("E-mail address", "Phone number", "First name", "Last name", "Subscribe to our newsletter", "Yes"),
    "es": ("Correo electrónico", "Teléfono móvil", "Nombre", "Apellidos", "Quiero recibir el boletín", "Sí"),
    "de": ("E-Mail-Adresse", "Telefonnummer", "Vorname", "Nachname", "Newsletter abonnieren", "Ja"),
    "fr": ("Adresse e-mail", "Téléphone", "Prénom", "Nom", "Je veux recevoir l'infolettre", "Oui"),
    "it": ("Posta elettronica", "Cellulare", "Nome", "Cognome", "Vorrei ricevere le offerte", "Sì"),
    "pt": ("O seu e-mail", "Telemóvel", "Primeiro nome", "Sobrenome", "Receber novidades", "Sim"),
    "nl": ("E-mailadres", "Telefoonnummer", "Voornaam", "Achternaam", "Nieuwsbrief ontvangen", "Ja"),
    "pl": ("Adres e-mail", "Numer telefonu", "Imię", "Nazwisko", "Zgoda na newsletter", "Tak"),
    "sv": ("E-post", "Mobilnummer", "Förnamn", "Efternamn", "Jag vill ha nyhetsbrevet", "Ja"),
    "da": ("E-mail", "Telefonnummer", "Fornavn", "Efternavn", "Tilmeld mig nyhedsbrevet", "Ja"),
    "no": ("E-post", "Mobil", "Fornavn", "Etternavn", "Ja takk til nyhetsbrev", "Ja"),
    "fi": ("Sähköposti", "Puhelinnumero", "Etunimi", "Sukunimi", "Tilaa uutiskirje", "Kyllä"),
    "cs": ("E-mail", "Telefon", "Jméno", "Příjmení", "Chci dostávat novinky", "Ano"),
    "tr": ("E-posta adresiniz", "Cep telefonu", "Adınız", "Soyadınız", "Bülten almak istiyorum", "Evet"),
    "ru": ("Эл. почта", "Номер телефона", "Имя", "Фамилия", "Подписаться на рассылку", "Да"),
    "uk": ("Електронна пошта", "Номер телефону", "Ім'я", "Прізвище", "Отримувати розсилку", "Так"),
    "el": ("Ηλεκτρονικό ταχυδρομείο", "Τηλέφωνο", "Όνομα", "Επώνυμο", "Ενημερωτικό δελτίο", "Ναι"),
    "ar": ("البريد الإلكتروني", "رقم الهاتف", "الاسم الأول", "اسم العائلة", "الاشتراك في النشرة", "نعم"),
    "he": ("דואר אלקטרוני", "טלפון נייד", "שם פרטי", "שם משפחה", "הרשמה לניוזלטר", "כן"),
}
EASTERN = {
    "ja": ("メールアドレス", "電話番号", "名", "姓", "メルマガを受け取る", "はい"),
    "zh": ("电子邮箱", "手机号码", "名", "姓", "订阅电子报", "是"),
    "ko": ("이메일 주소", "휴대폰 번호", "이름", "성", "뉴스레터 구독", "네"),
}


def field(label: str, value: object, kind: str = "", key: str = "q1") -> FormField:
    return FormField(key, label, kind, value)


def found(*fields: FormField) -> dict[str, object]:
    return {name: finding.value for name, finding in find_person(fields).items()}


@pytest.mark.parametrize("labels", (LABELS | EASTERN).values(), ids=list(LABELS | EASTERN))
def test_it_reads_forms_in_many_languages(labels: tuple[str, ...]):
    values = ("ann@example.com", "(212) 555-0123", "Ann", "Lee", labels[5])

    person = found(*(field(label, value) for label, value in zip(labels, values, strict=False)))

    assert person == {
        "email": "ann@example.com",
        "phone": "(212) 555-0123",
        "name": "Ann Lee",
        "consent": ConsentState.GRANTED,
    }


@pytest.mark.parametrize(
    "label",
    [
        "Your full name", "Name *", "What's your name?", "first and last name", "Nombre y apellidos",
        "Vor- und Nachname",
        "Nom et prénom", "Nome e cognome", "Nome completo", "Volledige naam", "Imię i nazwisko", "Koko nimi",
        "Jméno a příjmení", "Adınız Soyadınız", "ФИО", "Имя и фамилия", "ПІБ", "Ονοματεπώνυμο", "お名前", "氏名",
        "姓名", "성함",
        "الاسم الكامل", "שם מלא", "fullName", "contact_name", "customer[name]",
    ],
)  # fmt: skip
def test_it_reads_a_whole_name(label: str):
    assert found(field(label, "Ann Lee")) == {"name": "Ann Lee"}


@pytest.mark.parametrize(
    "label",
    [
        "Company name", "Username", "Event name", "utm_campaign name", "Nombre de la empresa",
        "Nom de l'entreprise", "会社名",
        "How would you describe, in your own words, the name that we gave it?", "Message", "件名",
    ],
)  # fmt: skip
def test_it_takes_no_other_name_for_a_persons(label: str):
    assert found(field(label, "Lumen Tea")) == {}


def test_it_puts_the_family_name_first_where_that_is_written():
    assert found(field("名", "太郎"), field("姓", "山田")) == {"name": "山田太郎"}


def test_it_does_not_repeat_a_first_name_that_the_name_has_already():
    assert found(field("First name", "Ann"), field("Name", "Ann Lee")) == {"name": "Ann Lee"}


def test_it_goes_by_the_type_before_the_label_and_by_the_label_before_the_looks():
    fields = [
        field("Remarks", "c@example.com"),
        field("E-mail", "b@example.com"),
        field("x", "a@example.com", "INPUT_EMAIL"),
    ]

    by_type, by_label, by_looks = (find_person(fields[:count])["email"] for count in (3, 2, 1))

    assert (by_type.value, by_type.origin) == ("a@example.com", "field 'x' (its type, the first of 3 e-mail fields)")
    assert by_label.origin == "field 'E-mail' (its label, the first of 2 e-mail fields)"
    assert by_looks.origin == "field 'Remarks' (it looks like an e-mail address)"


def test_it_takes_the_first_of_two_email_fields_and_says_so():
    email = find_person([field("Email", "one@example.com"), field("Second email", "two@example.com")])["email"]

    assert email.value == "one@example.com"
    assert email.origin == "field 'Email' (its label, the first of 2 e-mail fields)"


def test_it_says_nothing_of_a_second_field_that_repeats_the_first():
    email = find_person([field("Email", "a@example.com"), field("Confirm email", "a@example.com")])["email"]

    assert email.origin == "field 'Email' (its label)"


def test_it_takes_a_colleagues_address_only_where_there_is_no_other():
    friend = field("A friend's email", "friend@example.com")

    assert found(friend, field("Email", "me@example.com"))["email"] == "me@example.com"
    assert found(friend)["email"] == "friend@example.com"


def test_it_keeps_a_mistyped_address_so_that_the_operator_is_told():
    assert found(field("Email", "ann.example.com")) == {"email": "ann.example.com"}


def test_it_does_not_take_an_answer_about_email_for_an_address():
    assert "email" not in found(field("E-mail me your special offers", "yes"))


@pytest.mark.parametrize("value", ["+44 20 7946 0123", "+12125550123"])
def test_it_takes_an_international_number_for_a_phone_whatever_its_label(value: str):
    assert found(field("How do we reach you?", value)) == {"phone": value}


@pytest.mark.parametrize("value", ["2125550123", "2026-03-02", "12", 15550000000])
def test_it_takes_no_other_number_for_a_phone_without_a_phone_label(value: object):
    assert found(field("Order", value)) == {}


def test_it_takes_a_number_typed_as_a_number_for_a_phone():
    assert found(field("Phone Number", 15550000000)) == {"phone": "15550000000"}


def test_it_does_not_take_an_answer_about_phones_for_a_number():
    assert found(field("Which phone do you use?", "Fairphone 6")) == {}


def test_it_reads_by_key_where_there_is_no_label():
    fields = [FormField("lead.firstName", "", "", "Ann"), FormField("contact[e-mail]", "", "", "ann@example.com")]

    assert found(*fields) == {"name": "Ann", "email": "ann@example.com"}


def test_it_reads_a_list_of_one():
    assert found(field("Email", ["ann@example.com"])) == {"email": "ann@example.com"}


def test_it_shows_a_label_that_any_log_and_database_can_hold():
    origin = find_person([field("Email\x00\ud800 " + "very " * 40, "ann@example.com")])["email"].origin

    assert origin.isprintable()
    assert len(origin) < 100


@given(
    st.lists(
        st.builds(FormField, st.text(), st.text(), st.text(), st.none() | st.text() | st.lists(st.text()) | st.floats())
    )
)
def test_it_reads_any_form_without_an_error(fields: list[FormField]):
    assert set(find_person(fields)) <= {"email", "phone", "name", "consent"}
