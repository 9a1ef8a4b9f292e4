import { useState } from 'preact/hooks';
import { useAction } from '../../lib/action';
import type { Language } from '../../lib/api/schema';
import { setLanguage, useLanguage, useText } from '../../lib/i18n';
import { readSetting, writeSetting } from '../../lib/storage';
import { useStore } from '../../lib/store';
import { setTheme, theme, type Theme } from '../../lib/theme';
import { RadioCards, Switch } from '../../ui/choice';
import { Card } from '../../ui/display';
import { Select } from '../../ui/field';
import { prefTexts } from './i18n';
import { changeMe } from './profile';

export function DisplaySection() {
  const texts = useText(prefTexts);
  const chosen = useStore(theme);
  const language = useLanguage();
  const [letters, setLetters] = useState(readSetting('letters') !== 'off');
  const save = useAction((next: Language) => changeMe({ language: next }));
  return (
    <>
      <Card>
        <Select<Language>
          label={texts.language}
          options={[
            { value: 'fr', label: 'Français' },
            { value: 'en', label: 'English' },
          ]}
          value={language}
          onValue={(next) => {
            setLanguage(next);
            save.run(next);
          }}
        />
      </Card>
      <Card>
        <RadioCards<Theme>
          legend={texts.theme}
          options={[
            { value: 'system', label: texts.system, detail: texts.systemDetail },
            { value: 'light', label: texts.light, detail: texts.lightDetail },
            { value: 'dark', label: texts.dark, detail: texts.darkDetail },
          ]}
          value={chosen}
          onValue={setTheme}
        />
      </Card>
      <Card>
        <Switch
          label={texts.letters}
          hint={texts.lettersHint}
          checked={letters}
          onChecked={(on) => {
            setLetters(on);
            writeSetting('letters', on ? null : 'off');
          }}
        />
      </Card>
    </>
  );
}
