import { usePageTitle } from '../../lib/a11y/title';
import { dictionary, useText } from '../../lib/i18n';
import { ButtonLink } from '../../ui/button';
import { PageHeader } from '../../ui/display';
import { EmptyState } from '../../ui/feedback';

const texts = dictionary(
  { title: 'Messages', empty: 'Vos conversations vivent dans les salons de vos espaces.', find: 'Voir mes communautés' },
  { title: 'Messages', empty: 'Your conversations live in the rooms of your spaces.', find: 'See my communities' },
);

export default function MessagesPage() {
  const words = useText(texts);
  usePageTitle(words.title);
  return (
    <div class="page">
      <PageHeader title={words.title} />
      <EmptyState action={<ButtonLink href="/c">{words.find}</ButtonLink>}>{words.empty}</EmptyState>
    </div>
  );
}
