#pragma once
// What the demonstration's people said, and the files they shared. Indexes are those of demo_data.h.
#include <span>
#include <string_view>

namespace parvis::demo {

struct DemoMessage {
  size_t person;
  std::string_view text;
  int answers = -1;                 // index in the same conversation: a reply to that message
  bool in_thread = false;           // and in its thread
  std::string_view reactions = "";  // "👍 1 2, 🎉 3": each emoji, then who
};

struct DemoConversation {
  size_t space;           // index in `spaces`
  std::string_view room;  // its name
  std::span<const DemoMessage> messages;
};

inline constexpr DemoMessage simplification_general[] = {
    {0, "Bonjour à toutes et tous ! La réunion de jeudi est maintenue à 10 h, salle Calypso ou à distance."},
    {11, "Merci Claire. Nous serons trois de la préfecture."},
    {1,
     "J’ai commencé à relire le courrier d’accusé de réception des demandes d’aide. Il fait quatre pages ; "
     "on peut "
     "descendre à une."},
    {4, "Pensez à la taille des caractères et aux listes : la version actuelle est illisible à la loupe.", 2},
    {3, "Attention, la mention des voies de recours doit rester sur la première page.", 2},
    {1, "Bien vu, je la garde en bas de page avec le délai en toutes lettres.", 4, false, "👍 3 0"},
    {13,
     "Au guichet, la question la plus fréquente reste : « quand aurai-je une réponse ? ». Une date, même "
     "approximative, ferait gagner beaucoup de temps."},
    {0,
     "C’est exactement ce qu’il faut mettre en tête de lettre. Mireille, Lucie, vous auriez des chiffres sur "
     "les "
     "appels ?",
     6},
    {13, "Environ 40 % des appels de la semaine dernière. Je dépose le relevé dans les fichiers.", 6, true},
    {0, "Merci, c’est précieux.", 6, true, "🙏 13"},
    {19, "De notre côté, la page de suivi affiche déjà une date prévisionnelle. Je peux montrer jeudi."},
    {6, "Je note les deux points à l’ordre du jour : la lettre en une page et la date de réponse.", -1, false,
     "✅ 0 1 11"},
};
inline constexpr DemoMessage simplification_help[] = {
    {1,
     "Quelqu’un a-t-il un bon exemple de formulaire en plusieurs étapes qui permet de revenir en arrière ?"},
    {19,
     "Celui de la rénovation : chaque étape est enregistrée, et on peut reprendre plus tard avec le lien "
     "reçu.",
     0},
    {4, "Et il se parcourt entièrement au clavier, nous l’avons vérifié en septembre.", 0},
    {1, "Parfait, je m’en inspire.", -1, false, "👍 19 4"},
};
inline constexpr DemoMessage telework_general[] = {
    {6, "Bienvenue dans le réseau télétravail ! Présentez-vous si le cœur vous en dit."},
    {18, "Bonjour, Antoine, ANLP. Nous ouvrons dix postes partagés à Nantes à partir de janvier."},
    {12, "Bonne nouvelle pour nos collègues de Saint-Nazaire.", 1, false, "🎉 6 18"},
    {5, "Rappel : entre 10 h 30 et 15 h 30, préférez l’audio à la vidéo. Le réseau vous dira merci."},
    {7, "On peut suivre sa consommation du jour dans l’en-tête, c’est plutôt parlant.", 3},
    {9, "124 Mo hier, dont 90 pour une seule visioconférence…", 3},
};
inline constexpr DemoMessage telework_questions[] = {
    {14, "Un écran supplémentaire est-il pris en charge pour deux jours de télétravail par semaine ?"},
    {10, "Oui, sur demande auprès du service informatique. Délai d’environ trois semaines.", 0, false,
     "🙏 14"},
};
inline constexpr DemoMessage accessibility_general[] = {
    {4, "L’audit du portail est terminé : 71 % de critères respectés, contre 48 % l’an passé."},
    {21, "Beau progrès ! Les tableaux de données restent le point faible, je m’y attelle.", 0, false,
     "💪 4 23"},
    {23, "Je vous ai déposé la grille de relecture. Elle couvre aussi les documents bureautiques."},
    {4, "Merci Jeanne. On la passe en revue mardi.", 2},
};
inline constexpr DemoMessage data_general[] = {
    {8, "Le catalogue compte désormais 312 jeux de données, tous avec une licence claire."},
    {18, "Peut-on y référencer les consommations d’énergie des bâtiments ?", 0},
    {8, "Oui, au pas mensuel. Je t’envoie le modèle.", 0},
};
inline constexpr DemoMessage counter_general[] = {
    {12, "Le plan du nouvel accueil est validé. Début des travaux le 12 janvier."},
    {15, "Les agents demandent un bureau fermé pour les entretiens difficiles. Est-ce prévu ?"},
    {12, "Oui, à gauche de l’entrée. Il servira aussi aux permanences des associations.", 1, false,
     "👍 15 24 13"},
    {24, "Merci ! Nous pourrions tenir une permanence le mercredi après-midi."},
    {14, "Je vous propose de tester le parcours avec six usagers la semaine du 8 décembre."},
    {1, "Je peux prêter main-forte pour les entretiens.", 4},
};
inline constexpr DemoMessage counter_points[] = {
    {12, "Point du lundi : signalétique commandée, téléphonie en cours, formation des agents à caler."},
    {13, "Pour la formation, le 4 ou le 5 décembre nous conviendrait.", 0},
};
inline constexpr DemoMessage renovation_general[] = {
    {18, "1 000 simulations hier, 212 dossiers déposés. Le taux d’abandon passe sous 30 %."},
    {20, "La correction du calcul des surfaces est en ligne depuis 14 h.", -1, false, "🚀 18 19"},
    {21, "Retours d’usagers : l’étape « devis » inquiète. Je teste une version avec un exemple rempli."},
    {19, "On regarde les résultats vendredi ?", 2},
    {22, "D’accord pour vendredi 11 h. Le département pilote est prêt.", 2},
};
inline constexpr DemoMessage crisis_sessions[] = {
    {11, "Niveau de la Loire stable ce matin. Prochain point à 18 h."},
    {16, "Astreinte confirmée pour la nuit, relève à 6 h."},
};
inline constexpr DemoMessage seminar_general[] = {
    {2, "Le programme provisoire est dans les fichiers. Réactions bienvenues avant vendredi."},
    {10, "Salle réservée, repas pour 80 personnes."},
};

inline constexpr DemoConversation conversations[] = {
    {0, "Général", simplification_general}, {0, "Entraide", simplification_help},
    {1, "Général", telework_general},       {1, "Questions", telework_questions},
    {2, "Général", accessibility_general},  {3, "Général", data_general},
    {4, "Séances", crisis_sessions},        {5, "Général", counter_general},
    {5, "Points d’équipe", counter_points}, {6, "Général", renovation_general},
    {7, "Général", seminar_general},
};

struct DemoDirect {
  size_t from, to;
  std::span<const DemoMessage> messages;
};
inline constexpr DemoMessage direct_karim[] = {
    {1,
     "Claire, as-tu cinq minutes avant la réunion de jeudi ? J’aimerais te montrer la lettre en une page."},
    {0, "Avec plaisir, mercredi à 16 h ?"},
    {1, "Parfait.", -1, false, "👍 0"},
};
inline constexpr DemoMessage direct_helene[] = {
    {2, "Peux-tu relire le programme du séminaire d’ici demain soir ?"},
};
inline constexpr DemoDirect directs[] = {{1, 0, direct_karim}, {2, 0, direct_helene}};

struct DemoFile {
  size_t space, person;
  std::string_view name, type, content;
};
inline constexpr DemoFile files[] = {
    {0, 13, "Relevé des appels, semaine 46.csv", "text/csv",
     "motif;appels\nDélai de réponse;412\nPièce manquante;187\nChangement d’adresse;96\nAutre;338\n"},
    {0, 1, "Accusé de réception, version courte.txt", "text/plain; charset=utf-8",
     "Madame, Monsieur,\n\nNous avons bien reçu votre demande. Vous aurez une réponse au plus tard le "
     "[date].\n\n"
     "Vous pouvez suivre votre dossier en ligne avec le numéro [numéro].\n"},
    {0, 6, "Ordre du jour de jeudi.txt", "text/plain; charset=utf-8",
     "1. La lettre en une page (Karim, 20 min)\n2. Donner une date de réponse (Camille, 15 min)\n3. "
     "Divers\n"},
    {2, 23, "Grille de relecture.csv", "text/csv",
     "critère;à vérifier\nTitres;hiérarchie sans saut\nImages;texte de "
     "remplacement\nTableaux;en-têtes\nContraste;4,5:1\n"},
    {5, 12, "Calendrier des travaux.csv", "text/csv",
     "étape;début;fin\nDémolition;12/01;23/01\nCloisons;26/01;13/02\nMobilier;16/02;06/03\nOuverture;16/"
     "03;\n"},
    {6, 19, "Tableau de bord, novembre.csv", "text/csv",
     "semaine;simulations;dossiers\n44;5210;1012\n45;5874;1190\n46;6421;1337\n"},
    {7, 2, "Programme provisoire.txt", "text/plain; charset=utf-8",
     "9 h 00  Accueil\n9 h 30  Ouverture\n10 h 00  Ateliers\n12 h 30  Déjeuner\n14 h 00  Restitutions\n16 h "
     "00  Fin\n"},
};

}  // namespace parvis::demo
