import type { RouteProps } from '../../app/routes';
import { usePageTitle } from '../../lib/a11y/title';
import { useText } from '../../lib/i18n';
import { PageHeader } from '../../ui/display';
import { siteTexts } from './i18n';

const pages = {
  accessibilite: ['accessibility', 'accessibilityText'],
  'donnees-personnelles': ['privacy', 'privacyText'],
  'mentions-legales': ['legal', 'legalText'],
} as const;

export default function AboutPage({ params }: RouteProps) {
  const texts = useText(siteTexts);
  const page = params.page && params.page in pages ? (params.page as keyof typeof pages) : 'accessibilite';
  const [title, body] = pages[page];
  usePageTitle(texts[title]);
  return (
    <div class="page page-narrow">
      <PageHeader title={texts[title]} />
      <div class="prose">
        {texts[body].split('\n').map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
    </div>
  );
}
