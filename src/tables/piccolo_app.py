"""Every table by hand: Piccolo's migrations look here."""

from pathlib import Path

from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from tables.address_changes import AddressChange
from tables.agreements import Agreement
from tables.applications import Application
from tables.barred import Barred
from tables.contacts import Contact
from tables.departed import Departed
from tables.documents import Document, DocumentFile
from tables.drafts import Draft
from tables.evaluations import Evaluation, Later, Thanks
from tables.events import Event
from tables.favourites import Favourite, FreeWish
from tables.house import House, Logo
from tables.imports import Import, ImportText
from tables.inquiries import Exchange, Inquiry
from tables.letters import Letter
from tables.links import Link
from tables.meetings import Calendar, Meeting
from tables.member_words import MemberWord
from tables.mentorships import Mentorship, Word
from tables.norms import Acceptance, NormsVersion
from tables.notes import Note
from tables.office_notes import OfficeNote
from tables.people import Person
from tables.profiles import Profile, ProfileQuestion, ProfileTopic
from tables.reports import Reading, Report
from tables.search_changes import SearchChange
from tables.searches import SavedSearch, SoughtInVain
from tables.sessions import Session, SignIn
from tables.topics import Topic
from tables.wordings import Wording

TABLES: list[type[Table]] = [
    Person,
    MemberWord,
    Session,
    SignIn,
    Link,
    AddressChange,
    Application,
    NormsVersion,
    Acceptance,
    Event,
    Topic,
    Profile,
    ProfileTopic,
    ProfileQuestion,
    SavedSearch,
    SoughtInVain,
    SearchChange,
    Favourite,
    FreeWish,
    Draft,
    Inquiry,
    Exchange,
    Mentorship,
    Word,
    Contact,
    Meeting,
    Calendar,
    Agreement,
    Note,
    Evaluation,
    Later,
    Thanks,
    Report,
    Reading,
    Letter,
    House,
    Logo,
    Document,
    DocumentFile,
    Import,
    ImportText,
    Wording,
    OfficeNote,
    Barred,
    Departed,
]

APP_CONFIG = AppConfig(
    app_name="mentorat",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=TABLES,
)
