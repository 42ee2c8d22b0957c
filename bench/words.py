"""What the seeded people say: words as frequent as words are, so that titles differ and a search finds a few of many.

The frequency of a word falls with its rank (Zipf's law): a few hundred words of the trade, then a long tail of names,
products and typing mistakes that hardly ever come back. Always the same, whatever the machine.
"""

import itertools
import random

from django.db import connection

SENTENCES = 20_000
PHRASES = 8_000
TAIL = 6_000

OPENINGS = (
    "Comment|Pourquoi|Qui a déjà|Faut-il|Peut-on|Une idée pour|Retour sur|Besoin d'aide :|À quoi sert|Vos astuces :|"
    "Premier essai :|Question de méthode :|Que dire quand|Par où commencer :|Merci pour|Erreur à éviter :|Où trouver|"
    "Quel outil pour|Témoignage :|Petit défi :|Cas vécu :|Entre collègues :|Avant lundi :|Doute sur"
)
LINKS = "de la|avec un|sans|pour le|dans l'équipe :|avant|après|et|ou|face à|au sujet de|selon|malgré|chez"
FREQUENT = (
    "client équipe travail réunion projet temps question réponse produit exemple semaine besoin écoute message prix "
    "objectif méthode appel accord retour devis contrat agence magasin rendez-vous dossier conseil vente service délai "
    "collègue responsable formation exercice entretien outil tableau plan budget facture livraison commande stock "
    "fournisseur qualité sécurité machine atelier chantier norme contrôle panne réclamation litige remise relance "
    "prospect partenaire concurrent marché région boutique comptoir accueil téléphone courriel agenda compte-rendu "
    "décision priorité urgence risque incident procédure consigne habitude confiance silence colère excuse merci "
    "refus hésitation objection argument preuve promesse engagement résultat mesure chiffre seuil marge retard avance "
    "report essai erreur réussite progrès difficulté solution piste idée suggestion remarque critique compliment "
    "présentation visite démonstration négociation signature clôture bilan suivi tournée planning pause congé "
    "remplacement arrivée départ mutation intégration tutorat binôme mentor stagiaire alternance recrutement poste "
    "salaire prime évaluation autonomie initiative charge stress fatigue santé geste posture casque gants échafaudage "
    "étiquette rayon vitrine caisse inventaire palette camion quai entrepôt cariste trajet carte badge clé ordinateur "
    "logiciel fichier version mise-à-jour sauvegarde mot-de-passe connexion écran imprimante papier archive courrier "
    "colis avis enquête panel témoin récit scénario jeu mise-en-situation jury barème note quiz vidéo module fiche "
    "mémo guide glossaire reformuler préparer proposer vérifier comparer expliquer écouter attendre rappeler conclure "
    "noter partager montrer corriger simplifier anticiper déléguer arbitrer trancher apaiser rassurer convaincre "
    "surprendre mesurer observer interroger annoncer introduire résumer relire transmettre accompagner encourager "
    "recadrer féliciter remercier excuser patienter insister renoncer recommencer découvrir explorer imaginer inventer "
    "court long clair précis utile simple rapide difficile pressé mécontent fidèle nouveau ancien commun discret ouvert "
    "fermé calme ferme honnête concret chiffré écrit oral distant présent absent matinal tardif annuel mensuel"
)
SYLLABLES = (
    "ba cor din fel gra hul jan kel lor mun nis pra quin rol sam tir vel zon bri cha dro fla gou mar tel pon"
)


def rare_words() -> list[str]:
    """The tail: words nobody knows, as names of people, products and places are."""
    made = ("".join(parts) for parts in itertools.product(SYLLABLES.split(), repeat=4))
    return list(itertools.islice(made, 0, TAIL * 50, 50))


def speak() -> tuple[list[str], list[str]]:
    """Sentences for what is written, phrases for titles."""
    chance = random.Random(1)  # The same each time, and no secret.
    words, links, openings = FREQUENT.split() + rare_words(), LINKS.split("|"), OPENINGS.split("|")
    totals = list(itertools.accumulate(1 / (rank + 8) for rank in range(len(words))))

    def pick(number: int) -> list[str]:
        return chance.choices(words, cum_weights=totals, k=number)

    def linked(number: int) -> str:
        first, *rest = pick(number)
        return " ".join([first, *(f"{chance.choice(links)} {word}" for word in rest)])

    sentences = {f"{linked(chance.randint(3, 6)).capitalize()}." for _ in range(SENTENCES + 2000)}
    phrases = {f"{chance.choice(openings)} {linked(2)}" for _ in range(PHRASES + 2000)}
    return sorted(sentences)[:SENTENCES], sorted(phrases)[:PHRASES]


def write_down() -> None:
    """Two tables for the time of the transaction, which the seeding statements pick from by number."""
    sentences, phrases = speak()
    with connection.cursor() as cursor:
        for table, rows in (("bench_sentence", sentences), ("bench_phrase", phrases)):
            cursor.execute(f"CREATE TEMP TABLE {table} (id bigint PRIMARY KEY, words text) ON COMMIT DROP")
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in enumerate(rows):
                    copy.write_row(row)
            cursor.execute(f"ANALYZE {table}")


def picked(number: int, seed: str, kind: str = "sentence", first: int = 0) -> str:
    """Joins `number` rows of a table as w0, w1… (from `first` on), chosen by an SQL number."""
    count = SENTENCES if kind == "sentence" else PHRASES
    return "".join(
        f" JOIN bench_{kind} w{place} ON w{place}.id = "
        f"((({seed})::bigint + {place * 7_919}) * {2_654_435_761 + 2 * place} % 4294967291) % {count}"
        for place in range(first, first + number)
    )
