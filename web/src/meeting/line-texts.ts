import { dictionary } from '../lib/i18n';

/** The line, in plain words: in the meeting and before it. */
export const lineTexts = dictionary(
  {
    name: 'Ma liaison',
    verdicts: { good: 'Bonne liaison', fair: 'Liaison moyenne', poor: 'Mauvaise liaison' },
    why: 'Pourquoi ma liaison est mauvaise',
    fine: 'Rien à signaler : ce que vous envoyez et recevez passe bien.',
    todo: 'À faire',
    problems: {
      lost: {
        what: 'Le serveur ne vous reçoit plus.',
        act: 'Vérifiez que vous êtes bien connecté au réseau ; la visio se rétablit seule.',
      },
      loss_in: {
        what: 'Une partie de ce que vous recevez se perd en route.',
        act: 'Rapprochez-vous de la borne Wi-Fi ou branchez un câble ; sinon choisissez « Petites images » ci-dessous.',
      },
      loss_out: {
        what: 'Une partie de ce que vous envoyez se perd : les autres vous entendent et vous voient mal.',
        act: 'Coupez votre caméra, rapprochez-vous de la borne Wi-Fi ou branchez un câble.',
      },
      far: {
        what: 'Le trajet jusqu’au serveur est long : on se coupe la parole sans le vouloir.',
        act: 'Fermez les téléchargements en cours ; si vous passez par un VPN, essayez sans.',
      },
      jitter: {
        what: 'Le réseau est irrégulier : les voix arrivent par à-coups.',
        act: 'C’est le plus souvent le Wi-Fi : rapprochez-vous de la borne ou branchez un câble.',
      },
      tcp: {
        what: 'Votre réseau bloque UDP : la visio passe par TCP, plus lent à se remettre d’une perte.',
        act: 'Demandez à votre service informatique d’ouvrir UDP vers ce serveur.',
      },
      cpu: {
        what: 'Cet ordinateur peine à préparer votre image ; le réseau n’y est pour rien.',
        act: 'Fermez les autres applications et onglets, branchez l’alimentation, ou coupez votre caméra.',
      },
      narrow_out: {
        what: 'Votre débit montant est trop étroit pour votre image : elle est réduite.',
        act: 'Coupez votre caméra ou votre partage, ou arrêtez les envois en cours.',
      },
      freezes: {
        what: 'Des images que vous recevez se figent.',
        act: 'Choisissez « Petites images » ou « Sons et écrans partagés » ci-dessous.',
      },
      saves_data: {
        what: 'Votre appareil demande à économiser les données.',
        act: 'Choisissez ce que vous recevez ci-dessous : les voix seules suffisent souvent.',
      },
    },
    figures: 'Mesures des dernières secondes',
    received: 'Reçu',
    sent: 'Envoyé',
    lossIn: 'Pertes en réception',
    lossOut: 'Pertes en envoi',
    delay: 'Aller-retour',
    jitter: 'Irrégularité',
    transport: 'Passage',
    total: 'Depuis l’entrée',
    rate: (kbit: string) => `${kbit} kbit/s`,
    ms: (ms: string) => `${ms} ms`,
    lost: (percent: string) => `${percent} %`,
    test: {
      run: 'Tester ma liaison',
      again: 'Tester à nouveau',
      running: 'Test de la liaison : 5 secondes…',
      good: 'Votre liaison convient à une visio avec images.',
      sound: 'Votre liaison convient aux voix et aux écrans partagés ; les images seront réduites.',
      poor: 'Votre liaison est trop faible ou trop lente pour une visio agréable.',
      figures: (protocol: string, delay: string, rate: string) =>
        `${protocol}, aller-retour ${delay} ms, débit ${rate} kbit/s`,
      atLeast: (rate: string) => `d’au moins ${rate}`,
      about: (rate: string) => `d’environ ${rate}`,
      tcp: 'Votre réseau bloque UDP : la visio passera par TCP. Elle marche, mais se remet moins vite d’une perte.',
      wifi: 'Rapprochez-vous de la borne Wi-Fi ou branchez un câble, fermez les téléchargements, ou entrez sans caméra.',
      socket: 'Le serveur répond, mais votre réseau ferme les connexions de la visio (WebSocket).',
      media:
        'Le serveur répond, mais ni UDP ni TCP ne passent pour le son et l’image. Essayez un autre réseau.',
      askIt: 'Donnez ce message à votre service informatique.',
      weight: (size: string) => `Ce test pèse au plus ${size}.`,
    },
  },
  {
    name: 'My connection',
    verdicts: { good: 'Good connection', fair: 'Fair connection', poor: 'Poor connection' },
    why: 'Why my connection is poor',
    fine: 'Nothing to report: what you send and receive goes through well.',
    todo: 'What to do',
    problems: {
      lost: {
        what: 'The server no longer receives you.',
        act: 'Check that you are connected to the network; the meeting comes back by itself.',
      },
      loss_in: {
        what: 'Part of what you receive gets lost on the way.',
        act: 'Move closer to the Wi-Fi access point or plug a cable in; or else choose “Small images” below.',
      },
      loss_out: {
        what: 'Part of what you send gets lost: others hear and see you badly.',
        act: 'Turn your camera off, move closer to the Wi-Fi access point or plug a cable in.',
      },
      far: {
        what: 'The way to the server is long: people talk over each other.',
        act: 'Close what is being downloaded; if you use a VPN, try without.',
      },
      jitter: {
        what: 'The network is uneven: voices come in bursts.',
        act: 'Mostly this is the Wi-Fi: move closer to the access point or plug a cable in.',
      },
      tcp: {
        what: 'Your network blocks UDP: the meeting uses TCP, which recovers from losses more slowly.',
        act: 'Ask your IT service to open UDP to this server.',
      },
      cpu: {
        what: 'This computer struggles to prepare your image; the network is not the cause.',
        act: 'Close other applications and tabs, plug the power in, or turn your camera off.',
      },
      narrow_out: {
        what: 'Your upload is too narrow for your image: it is reduced.',
        act: 'Turn your camera or your screen share off, or stop uploads.',
      },
      freezes: {
        what: 'Images that you receive freeze.',
        act: 'Choose “Small images” or “Sound and shared screens” below.',
      },
      saves_data: {
        what: 'Your device asks to save data.',
        act: 'Choose what you receive below: voices alone are often enough.',
      },
    },
    figures: 'Figures of the last seconds',
    received: 'Received',
    sent: 'Sent',
    lossIn: 'Loss, receiving',
    lossOut: 'Loss, sending',
    delay: 'Round trip',
    jitter: 'Unevenness',
    transport: 'Passage',
    total: 'Since you entered',
    rate: (kbit: string) => `${kbit} kbit/s`,
    ms: (ms: string) => `${ms} ms`,
    lost: (percent: string) => `${percent} %`,
    test: {
      run: 'Test my connection',
      again: 'Test again',
      running: 'Testing the connection: 5 seconds…',
      good: 'Your connection suits a meeting with images.',
      sound: 'Your connection suits voices and shared screens; images will be reduced.',
      poor: 'Your connection is too weak or too slow for a pleasant meeting.',
      figures: (protocol: string, delay: string, rate: string) =>
        `${protocol}, round trip ${delay} ms, rate ${rate} kbit/s`,
      atLeast: (rate: string) => `at least ${rate}`,
      about: (rate: string) => `about ${rate}`,
      tcp: 'Your network blocks UDP: the meeting will use TCP. It works, but recovers from losses more slowly.',
      wifi: 'Move closer to the Wi-Fi access point or plug a cable in, close downloads, or enter without camera.',
      socket: 'The server answers, but your network closes the meeting’s connections (WebSocket).',
      media: 'The server answers, but neither UDP nor TCP passes for sound and image. Try another network.',
      askIt: 'Give this message to your IT service.',
      weight: (size: string) => `This test weighs at most ${size}.`,
    },
  },
);
