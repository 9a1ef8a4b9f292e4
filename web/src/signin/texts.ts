const fr = {
  title: 'Connexion',
  lead: 'La suite collaborative des agents publics.',
  name: 'Prénom et nom',
  email: 'Adresse électronique professionnelle',
  password: 'Mot de passe',
  newPassword: 'Choisissez un mot de passe',
  passwordHint: 'Douze caractères au moins. Une phrase est plus facile à retenir.',
  show: 'Afficher le mot de passe',
  submit: 'Se connecter',
  busy: 'Connexion en cours…',
  help: 'Mot de passe oublié\u202f? L’administrateur de votre instance peut vous envoyer un nouveau lien.',
  language: 'English',
  emailMissing: 'Indiquez votre adresse électronique.',
  emailWrong: 'Cette adresse est incomplète. Exemple\u00a0: prenom.nom@exemple.gouv.fr',
  passwordMissing: 'Indiquez votre mot de passe.',
  passwordShort: 'Ce mot de passe est trop court\u00a0: il en faut douze caractères.',
  nameMissing: 'Indiquez votre prénom et votre nom.',
  unreachable: 'Le serveur ne répond pas. Vérifiez votre connexion, puis réessayez.',
  broken: 'Le serveur a rencontré un problème. Réessayez dans un instant.',
  invitation: 'Votre invitation',
  invitedBy: (inviter: string, spaces: string) =>
    spaces === ''
      ? `${inviter} vous invite à rejoindre Parvis.`
      : `${inviter} vous invite à rejoindre «\u202f${spaces}\u202f».`,
  accept: 'Créer mon compte et entrer',
  weight: (size: string) => `Cette page a pesé ${size}\u00a0Ko.`,
};

const en: typeof fr = {
  title: 'Sign in',
  lead: 'The collaborative suite for public agents.',
  name: 'First and last name',
  email: 'Work e-mail address',
  password: 'Password',
  newPassword: 'Choose a password',
  passwordHint: 'At least twelve characters. A sentence is easier to remember.',
  show: 'Show the password',
  submit: 'Sign in',
  busy: 'Signing in…',
  help: 'Forgot your password? The administrator of your instance can send you a new link.',
  language: 'Français',
  emailMissing: 'Enter your e-mail address.',
  emailWrong: 'This address is incomplete. Example: first.last@example.org',
  passwordMissing: 'Enter your password.',
  passwordShort: 'This password is too short: it takes twelve characters.',
  nameMissing: 'Enter your first and last name.',
  unreachable: 'The server does not answer. Check your connection, then try again.',
  broken: 'The server met a problem. Try again in a moment.',
  invitation: 'Your invitation',
  invitedBy: (inviter, spaces) =>
    spaces === '' ? `${inviter} invites you to Parvis.` : `${inviter} invites you to “${spaces}”.`,
  accept: 'Create my account and enter',
  weight: (size) => `This page weighed ${size} KB.`,
};

export const texts = { fr, en };
export type SigninTexts = typeof fr;
