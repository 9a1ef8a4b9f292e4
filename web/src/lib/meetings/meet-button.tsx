import { IconButton } from '../../ui/button';
import { videoIcon } from '../../ui/icons';
import { useAction } from '../action';
import { api } from '../api/client';
import type { Meeting } from '../api/schema';
import { dictionary, useText } from '../i18n';

const texts = dictionary(
  { meet: 'Visio : la salle télécharge environ 160 ko' },
  { meet: 'Meeting: the room downloads about 160 KB' },
);

interface Props {
  space: string;
  origin: Meeting['origin'];
  name: string;
}

/** To the meeting of a salon or a page, the same one each time. It is a page loaded anew: it alone may use cameras. */
export function MeetButton({ space, origin, name }: Props) {
  const { meet } = useText(texts);
  const open = useAction(() => api.post<Meeting>(`/spaces/${space}/meetings`, { origin, name }), {
    onDone: ({ id }) => location.assign(`/visio/${id}`),
  });
  return (
    <IconButton label={meet} icon={videoIcon} aria-busy={open.busy} onClick={() => open.run(undefined)} />
  );
}
