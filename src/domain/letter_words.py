"""The house's letters in words: when each is sent, and what is filled into it."""

from __future__ import annotations

from i18n import N_, gettext

# By occasion, in the order they come on a way through the programme.
GROUPS: dict[str, dict[str, str]] = {
    N_("Dans plusieurs messages"): {
        "_greeting": N_("Salutation"),
        "_request": N_("La demande telle que le mentor la lit"),
        "_meeting": N_("Date, durée et lieu d’une rencontre"),
        "_signature": N_("Formule de fin"),
    },
    N_("Entrer dans le programme"): {
        "invitation": N_("Invitation d’un membre"),
        "sign_in": N_("Code de connexion"),
        "sign_in_unknown": N_("Connexion avec une adresse inconnue"),
        "application_received": N_("Candidature reçue"),
        "application_accepted": N_("Candidature acceptée"),
        "application_refused": N_("Candidature refusée"),
        "application_known": N_("Candidature d’une personne déjà membre"),
    },
    N_("Être mentor, chercher un mentor"): {
        "profile_released": N_("Profil publié"),
        "profile_asked": N_("Question sur le profil"),
        "profile_refused": N_("Profil non publié"),
        "turned_busy": N_("«Occupé» affiché après des demandes sans réponse"),
        "busy_ends_tomorrow": N_("Veille du retour à «Disponible»"),
        "free_again": N_("Mentor à nouveau disponible"),
        "search_fits": N_("Recherche enregistrée: quelqu’un correspond"),
    },
    N_("Demandes: au mentor"): {
        "inquiry_received": N_("Demande reçue"),
        "inquiry_reminder": N_("Rappel d’une demande sans réponse"),
        "inquiry_explained": N_("Réponse à sa question"),
        "inquiry_taken": N_("Demande acceptée: ce qui suit"),
        "inquiry_withdrawn": N_("Demande retirée"),
        "inquiry_lapsed": N_("Demande close faute de réponse"),
        "inquiry_dropped": N_("Demande close par le départ du mentee"),
    },
    N_("Demandes: au mentee"): {
        "inquiry_accepted": N_("Demande acceptée"),
        "inquiry_declined": N_("Demande déclinée"),
        "inquiry_asked_back": N_("Question du mentor"),
        "inquiry_released": N_("Demande close, restée sans réponse"),
        "inquiry_unanswerable": N_("Demande close par le départ du mentor"),
    },
    N_("Rencontres"): {
        "meeting_proposed": N_("Dates proposées"),
        "meeting_dropped": N_("Dates retirées ou refusées"),
        "meeting_planned": N_("Rencontre fixée"),
        "meeting_moved": N_("Rencontre déplacée"),
        "meeting_cancelled": N_("Rencontre annulée"),
        "meeting_reminder": N_("Rappel d’une rencontre"),
        "meeting_outcome": N_("La rencontre a-t-elle eu lieu?"),
    },
    N_("Mentorat en cours"): {
        "word_said": N_("Réponse donnée après la première discussion"),
        "mentorship_running": N_("Poursuite décidée à deux"),
        "mentorship_not_pursued": N_("Arrêt après la première discussion"),
        "agreement_proposed": N_("Convention proposée"),
        "agreement_countered": N_("Convention: autre version"),
        "agreement_accepted": N_("Convention conclue"),
        "mentorship_nudge": N_("Rappel après un long silence"),
    },
    N_("Fin et suite"): {
        "mentorship_completed": N_("Quatre contacts: fin officielle"),
        "continue_wished": N_("Souhait de continuer"),
        "mentorship_continuing": N_("Suite décidée à deux"),
        "mentorship_closed": N_("Mentorat clos"),
        "end_proposed": N_("Fin anticipée proposée"),
        "end_taken_back": N_("Fin anticipée: proposition retirée"),
        "mentorship_ended_early": N_("Mentorat terminé avant son terme"),
        "mentorship_left": N_("Mentorat quitté par l’autre personne"),
        "mentorship_parted": N_("Mentorat clos par un départ du programme"),
        "evaluation_revealed": N_("Mot de l’évaluation à lire"),
        "thanks": N_("Remerciement"),
        "asked_later": N_("Question posée avec le recul"),
    },
    N_("Compte et secrétariat"): {
        "address_asked": N_("Adresse à changer: à l’adresse actuelle"),
        "address_changed": N_("Nouvelle adresse e-mail"),
        "address_left": N_("Adresse remplacée: à l’ancienne adresse"),
        "member_excluded": N_("Exclusion du programme"),
        "member_reinstated": N_("Réintégration"),
        "report_noticed": N_("Mot après un signalement"),
        "account_deleted": N_("Compte effacé"),
    },
}
TITLES = {name: title for titles in GROUPS.values() for name, title in titles.items()}
FILLED: dict[str, str] = {
    "address": N_("adresse e-mail de l’autre personne"),
    "before": N_("date et heure prévues auparavant"),
    "code": N_("code de connexion"),
    "colleague": N_("personne recommandée"),
    "contact": N_("adresse du secrétariat"),
    "count": N_("nombre de personnes"),
    "day": N_("jour de la rencontre"),
    "due": N_("jour où la fin vaut sans réponse"),
    "function": N_("fonction du mentee"),
    "house": N_("nom du programme"),
    "kind": N_("forme de contact"),
    "language": N_("langue souhaitée"),
    "mentor": N_("nom du mentor"),
    "minutes": N_("durée en minutes"),
    "moment": N_("date et heure de la rencontre"),
    "name": N_("nom du mentee"),
    "partner": N_("nom de l’autre personne"),
    "place": N_("lieu ou lien"),
    "sent": N_("jour de l’envoi de la demande"),
}
# The same name, for another thing.
HERE: dict[tuple[str, str], str] = {
    ("_greeting", "name"): N_("nom de la personne qui lit"),
    ("address_asked", "day"): N_("jour du changement"),
    ("asked_later", "day"): N_("jour de la fin du mentorat"),
    ("busy_ends_tomorrow", "day"): N_("jour du retour"),
    ("end_proposed", "day"): N_("jour de la discussion"),
    ("inquiry_explained", "day"): N_("jour limite de la réponse"),
    ("inquiry_lapsed", "day"): N_("jour limite de la réponse"),
    ("inquiry_received", "day"): N_("jour limite de la réponse"),
    ("inquiry_reminder", "day"): N_("jour limite de la réponse"),
    ("mentorship_nudge", "day"): N_("jour du dernier contact"),
}


def title(name: str) -> str:
    """A letter of another release is shown as it is."""
    return gettext(TITLES[name]) if name in TITLES else name


def filled(name: str, word: str) -> str:
    """What stands for `{word}` in this letter."""
    return gettext(HERE.get((name, word)) or FILLED[word])
