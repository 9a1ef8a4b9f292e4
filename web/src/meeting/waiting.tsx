import { useEffect } from 'preact/hooks';
import { ApiError, sentenceOf } from '../lib/api/client';
import { useText } from '../lib/i18n';
import { Button } from '../ui/button';
import type { Entry, Visitor } from './api';
import { meetingTexts } from './texts';

const askEveryMs = 3000;

interface Props {
  visitor: Visitor;
  ticket: string;
  onEntry: (entry: Entry) => void;
  onRefused: (sentence: string) => void;
  /** The server was started anew and no longer knows who waits. */
  onForgotten: () => void;
  onCancel: () => void;
}

/** A server that is away for a moment, or asks for patience, has not said no. */
const isPassing = (error: unknown) =>
  error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);

/** A guest before the door, until a host says yes or no. */
export function Waiting({ visitor, ticket, onEntry, onRefused, onForgotten, onCancel }: Props) {
  const texts = useText(meetingTexts);
  useEffect(() => {
    const timer = setInterval(() => {
      visitor.ask(ticket).then(
        (answer) => {
          if (!('waiting' in answer)) onEntry(answer);
        },
        (error: unknown) => {
          if (isPassing(error)) return;
          if (error instanceof ApiError && error.status === 404) return onForgotten();
          onRefused(sentenceOf(error));
        },
      );
    }, askEveryMs);
    return () => clearInterval(timer);
  });
  return (
    <main class="visio-door">
      <div class="card card-pad stack" role="status">
        <h1 tabIndex={-1}>{texts.waitingTitle}</h1>
        <p>{texts.waiting}</p>
        <div class="row">
          <Button onClick={onCancel}>{texts.cancel}</Button>
        </div>
      </div>
    </main>
  );
}
