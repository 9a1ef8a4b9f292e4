import { dictionary, plural } from '../lib/i18n';

/** Words the kit itself says. */
export const kitTexts = dictionary(
  {
    close: 'Fermer',
    cancel: 'Annuler',
    optional: 'facultatif',
    moreActions: 'Autres actions',
    loading: 'Chargement…',
    sortBy: (column: string) => `Trier par ${column}`,
    showPassword: 'Afficher le mot de passe',
    hidePassword: 'Masquer le mot de passe',
    noResult: 'Aucun résultat',
    others: (count: number) => `et ${plural(count, 'autre', 'autres')}`,
    dismiss: 'Fermer ce message',
  },
  {
    close: 'Close',
    cancel: 'Cancel',
    optional: 'optional',
    moreActions: 'More actions',
    loading: 'Loading…',
    sortBy: (column) => `Sort by ${column}`,
    showPassword: 'Show the password',
    hidePassword: 'Hide the password',
    noResult: 'No result',
    others: (count) => `and ${count} more`,
    dismiss: 'Dismiss this message',
  },
);
