"""What is said when something may not be done: raised here, shown by app.py."""

from i18n import N_, gettext
from tables.contacts import Contact


class Refusal(Exception):
    """`status` for the answer, `text` for the reader."""

    status = 409
    text = N_("Ce n’est pas possible pour le moment.")

    def __init__(self, **words: object) -> None:
        super().__init__(type(self).__name__)
        self.words = words

    @property
    def said(self) -> str:
        return gettext(self.text) % self.words if self.words else gettext(self.text)


class Unseen(Refusal):
    """Not there, or not yours: nobody learns which."""

    status = 404
    text = N_("Cette page n’existe pas, ou elle ne vous est pas destinée.")


class AlreadySettled(Refusal):
    text = N_("C’est déjà traité. Voici où cela en est.")


class UndoTooLate(Refusal):
    text = N_("Il est trop tard pour annuler: le message est parti.")


class Excluded(Refusal):
    text = N_("Cette personne est exclue du programme. Rien n’a été décidé.")


class NormsMissing(Refusal):
    text = N_("Cette personne doit d’abord accepter les normes en vigueur.")


class EditedMeanwhile(Refusal):
    text = N_(
        "Quelqu’un d’autre vient d’enregistrer ici. Votre saisie est gardée: vérifiez-la, puis "
        "enregistrez à nouveau."
    )


class NothingNew(Refusal):
    text = N_("Ce projet ne change rien: il n’y a rien à publier.")


class NameTaken(Refusal):
    status = 422
    text = N_("Un autre thème porte déjà ce nom.")


class LinkVoid(Refusal):
    status = 410
    text = N_("Ce lien a déjà servi ou n’est plus valable.")


class TooOften(Refusal):
    status = 429
    text = N_("Il y a eu trop d’essais. Patientez un quart d’heure, puis réessayez.")


class WrongCode(Refusal):
    status = 422
    text = N_("Ce code n’est pas le bon. Vérifiez les six chiffres.")


class CodeSpent(Refusal):
    status = 422
    text = N_("Ce code n’est plus valable. Demandez-en un nouveau.")


class WrongKey(Refusal):
    status = 422
    text = N_("Cette clé n’est pas la bonne. Elle figure dans le journal de démarrage.")


class NormsFirst(Refusal):
    text = N_("Acceptez d’abord les normes de mentorat.")


class NotYourself(Refusal):
    text = N_("Vous ne pouvez pas vous adresser une demande à vous-même.")


class MentorBusy(Refusal):
    text = N_("Cette personne est occupée pour le moment. Demandez à être averti·e dès son retour.")


class MentorGone(Refusal):
    text = N_("Cette personne ne reçoit plus de demandes.")


class AlreadyAsked(Refusal):
    text = N_("Vous avez déjà une demande en cours auprès de cette personne.")


class TooManyOpen(Refusal):
    text = N_(
        "Vous avez déjà %(limit)s demandes en cours. Attendez une réponse ou retirez une demande."
    )


class NotComplete(Refusal):
    text = N_("Complétez d’abord votre profil.")


class SearchTooLong(Refusal):
    status = 422
    text = N_("Cette recherche est trop longue pour être enregistrée. Retirez un mot ou un filtre.")


class EndsYourself(Refusal):
    text = N_("Choisissez une autre personne que vous-même.")


class MentorshipOver(Refusal):
    text = N_("Ce mentorat est terminé: il se lit encore, mais ne change plus.")


class GoOnFirst(Refusal):
    text = N_(
        "Les quatre contacts ont eu lieu. Pour en noter d’autres, décidez à deux de continuer."
    )


class SameContact(Refusal):
    """One of that day is there already: the same, or another?"""

    text = N_("Un contact est déjà noté ce jour-là.")

    def __init__(self, contact: Contact) -> None:
        super().__init__()
        self.contact = contact


class WrongDay(Refusal):
    status = 422
    text = N_("Choisissez un jour entre le début du mentorat et aujourd’hui.")


class CorrectionTooLate(Refusal):
    text = N_("Ce contact ne se corrige plus: le délai est passé.")


class NotYetEvaluable(Refusal):
    text = N_("L’évaluation s’ouvre à la fin du mentorat. D’ici là, rien ne presse.")


class AnotherVersion(Refusal):
    text = N_("Une version plus récente existe. La voici, à côté de la vôtre.")


class WrongTalkDay(Refusal):
    status = 422
    text = N_("Choisissez un jour entre le début du mentorat et dans deux mois.")


class NoteChanged(Refusal):
    text = N_("Cette note a changé ailleurs entre-temps. Comparez les deux textes.")


class DraftChanged(Refusal):
    text = N_("Ce brouillon a changé ailleurs entre-temps. Comparez les deux textes.")


class TooManyMeetings(Refusal):
    text = N_(
        "Vous avez déjà %(limit)s rencontres en vue ensemble. Fixez, tenez ou annulez d’abord "
        "l’une d’elles."
    )


class DatePast(Refusal):
    status = 422
    text = N_("Cette date est passée. Choisissez-en une autre.")


class NotBegun(Refusal):
    text = N_("Cette rencontre n’a pas encore commencé.")


class NoteBlank(Refusal):
    text = N_("Cette note est encore vide: écrivez d’abord quelques mots.")


class NotYourOwn(Refusal):
    text = N_(
        "Vous ne pouvez pas décider cela pour vous-même. Demandez à une autre personne du "
        "secrétariat."
    )


class LastCoordinator(Refusal):
    text = N_("Il faut au moins une personne au secrétariat. Nommez d’abord quelqu’un d’autre.")


class AddressTaken(Refusal):
    status = 422
    text = N_("Cette adresse appartient déjà à une autre personne.")


class AddressBarred(Refusal):
    status = 422
    text = N_("Cette adresse est celle d’une personne exclue du programme.")


class JustInvited(Refusal):
    text = N_("Une invitation vient de partir. Patientez dix minutes avant la suivante.")


class Paused(Refusal):
    text = N_("Votre compte est en pause. Revenez d’abord, puis envoyez votre demande.")


def insist(allowed: bool) -> None:
    """Not allowed looks like not there."""
    if not allowed:
        raise Unseen
