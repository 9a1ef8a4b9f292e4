import { useState } from 'preact/hooks';
import { fileTypeIcon } from '../../lib/files/tile';
import { weight } from '../../lib/format';
import { useText } from '../../lib/i18n';
import { mediaUrl } from '../../matrix/http';
import type { Content } from '../../matrix/types';
import { Button } from '../../ui/button';
import { Icon } from '../../ui/icon';
import { downloadIcon, imageIcon } from '../../ui/icons';
import { messageTexts } from './i18n';

/** Pictures below this weight show at once; heavier ones wait for a click that says what it costs. */
const freeImageBytes = 100_000;

export function Attachment({ content }: { content: Content }) {
  const texts = useText(messageTexts);
  const size = content.info?.size ?? 0;
  const image = content.msgtype === 'm.image';
  const [shown, setShown] = useState(image && size > 0 && size <= freeImageBytes);
  const url = mediaUrl(content.url);
  if (!url) return null;
  const name = content.filename ?? content.body ?? '';
  if (shown) {
    return (
      <a class="attachment-image" href={url} target="_blank" rel="noopener">
        <img src={url} alt={name} width={content.info?.w} height={content.info?.h} loading="lazy" decoding="async" />
      </a>
    );
  }
  return (
    <div class="attachment">
      <span class="tile tone-primary">
        <Icon d={image ? imageIcon : fileTypeIcon(content.info?.mimetype ?? '')} />
      </span>
      <span class="grow attachment-name">{name}</span>
      {image ? (
        <Button small icon={imageIcon} onClick={() => setShown(true)}>
          {texts.showImage(weight(size))}
        </Button>
      ) : (
        <a class="button button-s" href={url} download={name}>
          <Icon d={downloadIcon} />
          {texts.download(weight(size))}
        </a>
      )}
    </div>
  );
}
