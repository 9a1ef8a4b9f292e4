#pragma once
// Pages that the demonstration's people wrote. Indexes are those of demo_data.h. One line is one block: "# "
// begins a heading, "- " an entry of a list, "[ ] " and "[x] " a task, "1. " a step; anything else is a
// paragraph.
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace parvis::demo {

struct DemoDocument {
  size_t space, person;
  std::string_view title, content;
};
inline constexpr DemoDocument documents[] = {
    {0, 1, "La lettre en une page",
     "# Pourquoi\n"
     "Une lettre de rappel compte aujourd’hui quatre pages. Un usager sur trois appelle parce qu’il n’a pas "
     "trouvé ce qu’on lui demande.\n"
     "# Ce que dit la nouvelle lettre\n"
     "1. Ce que nous attendons de vous, et avant quelle date.\n"
     "1. Comment l’envoyer, en ligne ou par courrier.\n"
     "1. Qui appeler si quelque chose bloque.\n"
     "# Reste à faire\n"
     "[x] Relecture par le service juridique\n"
     "[ ] Essai avec dix usagers de la préfecture\n"
     "[ ] Mise en page accessible\n"},
    {0, 0, "Compte rendu de la réunion du 19 novembre",
     "# Présents\n"
     "Claire Vasseur, Karim Benali, Camille Royer, Lucie Fontaine.\n"
     "# Décisions\n"
     "- L’accusé de réception donne toujours une date de réponse.\n"
     "- La version courte de la lettre est essayée en Loire-Atlantique à partir du 1er décembre.\n"
     "# Actions à mener\n"
     "[x] Karim : version courte de l’accusé de réception, 21 novembre\n"
     "[ ] Lucie : relevé des appels de la semaine 48, 1er décembre\n"},
    {2, 4, "Rendre un formulaire utilisable par tout le monde",
     "Chaque champ a un intitulé visible, et son erreur dit comment la corriger.\n"
     "# À vérifier avant la mise en ligne\n"
     "[ ] Tout se fait au clavier, dans l’ordre de lecture\n"
     "[ ] Le contraste atteint 4,5 pour 1\n"
     "[ ] Rien ne dépend de la couleur seule\n"
     "[ ] Le délai de saisie peut être allongé\n"
     "# Les erreurs les plus fréquentes\n"
     "- Un texte grisé en guise d’intitulé, qui disparaît dès qu’on écrit.\n"
     "- Un message d’erreur en haut de page, loin du champ.\n"},
    {7, 2, "Déroulé du séminaire des cadres",
     "# Matin\n"
     "Ouverture par la directrice de projet, puis trois ateliers d’une heure.\n"
     "- Réunions plus courtes\n"
     "- Écrire pour être lu\n"
     "- Travailler à distance sans s’épuiser\n"
     "# Après-midi\n"
     "Restitution des ateliers, puis engagements de chaque service.\n"},
};

/// The page as updates of a shared document, format v1, in the name of one client.
Result<std::vector<Bytes>> document_updates(std::string_view content, uint64_t client);

}  // namespace parvis::demo
