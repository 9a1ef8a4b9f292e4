import './settings.css';
import { Link } from 'wouter';
import type { RouteProps } from '../../app/routes';
import { usePageTitle } from '../../lib/a11y/title';
import { useMe } from '../../lib/api/queries';
import { useText } from '../../lib/i18n';
import { PageHeader, Tabs } from '../../ui/display';
import { keyRoundIcon, leafIcon, smartphoneIcon, sunIcon, userIcon } from '../../ui/icons';
import { DevicesSection } from './devices';
import { DisplaySection } from './display';
import { prefTexts } from './i18n';
import { NetworkSection } from './network';
import { PasswordSection } from './password';
import { ProfileSection } from './profile';

const sections = [
  { path: undefined, label: 'profile', icon: userIcon, View: ProfileSection },
  { path: 'affichage', label: 'display', icon: sunIcon, View: DisplaySection },
  { path: 'appareils', label: 'devices', icon: smartphoneIcon, View: DevicesSection },
  { path: 'mot-de-passe', label: 'password', icon: keyRoundIcon, View: PasswordSection },
  { path: 'reseau', label: 'network', icon: leafIcon, View: NetworkSection },
] as const;

export default function SettingsPage({ params }: RouteProps) {
  const texts = useText(prefTexts);
  const { data: me } = useMe();
  const current = sections.find((section) => section.path === params.section) ?? sections[0];
  usePageTitle(texts[current.label], texts.title);
  if (!me) return null;
  return (
    <div class="page page-narrow">
      <PageHeader title={texts.title} />
      <Tabs
        label={texts.sections}
        tabs={sections.map((section) => ({
          href: section.path ? `/parametres/${section.path}` : '/parametres',
          label: texts[section.label],
          icon: section.icon,
          current: section === current,
        }))}
      />
      <div class="settings-body">
        <current.View me={me} />
      </div>
      <footer class="settings-foot small">
        <Link href="/a-propos/accessibilite">{texts.accessibility}</Link>
        <Link href="/a-propos/donnees-personnelles">{texts.privacy}</Link>
        <Link href="/a-propos/mentions-legales">{texts.legal}</Link>
      </footer>
    </div>
  );
}
