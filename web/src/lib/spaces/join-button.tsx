import { useState } from 'preact/hooks';
import { useAction } from '../action';
import type { SpaceBrief } from '../api/schema';
import { dictionary, useText } from '../i18n';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Tag } from '../../ui/display';
import { Banner } from '../../ui/feedback';
import { TextArea } from '../../ui/field';
import { clockIcon, lockIcon } from '../../ui/icons';
import { joinSpace, withdrawRequest } from './decide';

const texts = dictionary(
  {
    join: 'Rejoindre',
    ask: 'Demander à rejoindre',
    accept: 'Accepter l’invitation',
    asked: 'Demande envoyée',
    withdraw: 'Retirer ma demande',
    withdrawn: 'Votre demande est retirée.',
    joined: 'Vous êtes membre de cet espace.',
    requested: 'Votre demande est envoyée aux animateurs.',
    onInvitation: 'Sur invitation',
    title: (space: string) => `Rejoindre « ${space} »`,
    explain: 'Un animateur lira votre demande. Vous serez prévenu de sa réponse.',
    message: 'Quelques mots pour les animateurs',
    send: 'Envoyer la demande',
    cancel: 'Annuler',
    nameIn: (act: string, space: string) => `${act} : ${space}`,
  },
  {
    join: 'Join',
    ask: 'Ask to join',
    accept: 'Accept the invitation',
    asked: 'Request sent',
    withdraw: 'Withdraw my request',
    withdrawn: 'Your request is withdrawn.',
    joined: 'You are a member of this space.',
    requested: 'Your request has been sent to the animators.',
    onInvitation: 'By invitation',
    title: (space) => `Join “${space}”`,
    explain: 'An animator will read your request. You will be told the answer.',
    message: 'A few words for the animators',
    send: 'Send the request',
    cancel: 'Cancel',
    nameIn: (act, space) => `${act}: ${space}`,
  },
);

/** What one can do to enter a space, according to how it is joined and where one stands. */
export function JoinButton({ space, small }: { space: SpaceBrief; small?: boolean }) {
  const words = useText(texts);
  const [asking, setAsking] = useState(false);
  const size = small ? { small } : {};
  const join = useAction((message: string) => joinSpace(space.id, message), {
    done: (outcome) => (outcome === 'joined' ? words.joined : words.requested),
    onDone: () => setAsking(false),
  });
  const withdraw = useAction(() => withdrawRequest(space.id), { done: words.withdrawn });
  if (space.role || space.state !== 'active') return null;
  if (space.requested) {
    return (
      <span class="row row-wrap">
        <Tag tone="accent" icon={clockIcon}>
          {words.asked}
        </Tag>
        <Button
          {...size}
          variant="ghost"
          busy={withdraw.busy}
          aria-label={words.nameIn(words.withdraw, space.name)}
          onClick={() => withdraw.run(undefined)}
        >
          {words.withdraw}
        </Button>
      </span>
    );
  }
  if (space.joining === 'invitation' && !space.invited) {
    return <Tag icon={lockIcon}>{words.onInvitation}</Tag>;
  }
  const direct = space.joining === 'free' || space.invited;
  const label = space.invited ? words.accept : direct ? words.join : words.ask;
  return (
    <>
      <Button
        {...size}
        variant="primary"
        busy={direct ? join.busy : false}
        aria-label={words.nameIn(label, space.name)}
        onClick={() => (direct ? join.run('') : setAsking(true))}
      >
        {label}
      </Button>
      {asking && (
        <AskDialog
          space={space}
          busy={join.busy}
          problem={join.problem}
          onSend={join.run}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function AskDialog(props: {
  space: SpaceBrief;
  busy: boolean;
  problem: string | undefined;
  onSend: (message: string) => void;
  onClose: () => void;
}) {
  const words = useText(texts);
  const [message, setMessage] = useState('');
  return (
    <Dialog
      title={words.title(props.space.name)}
      onClose={props.onClose}
      onSubmit={() => props.onSend(message)}
      footer={
        <>
          <Button onClick={props.onClose}>{words.cancel}</Button>
          <Button type="submit" variant="primary" busy={props.busy}>
            {words.send}
          </Button>
        </>
      }
    >
      <p>{words.explain}</p>
      <TextArea label={words.message} optional value={message} onValue={setMessage} maxLength={500} />
      {props.problem && <Banner tone="danger">{props.problem}</Banner>}
    </Dialog>
  );
}
