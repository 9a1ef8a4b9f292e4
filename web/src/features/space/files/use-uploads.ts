import { useRef, useState } from 'preact/hooks';
import { sentenceOf } from '../../../lib/api/client';
import { uploadFile } from '../../../lib/files/upload';

export interface Upload {
  id: number;
  name: string;
  size: number;
  share: number;
  problem?: string;
  stop: () => void;
}

/** Sends files one after the other: on a thin line, two at once only make both slower. */
export function useUploads(space: string, onAdded: (name: string) => void) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const last = useRef(0);
  const queue = useRef<Promise<void>>(Promise.resolve());

  const change = (id: number, part: Partial<Upload>) =>
    setUploads((list) => list.map((item) => (item.id === id ? { ...item, ...part } : item)));
  const remove = (id: number) => setUploads((list) => list.filter((item) => item.id !== id));

  const sendOne = async (id: number, file: File, signal: AbortSignal) => {
    if (signal.aborted) return;
    try {
      await uploadFile(space, file, (share) => change(id, { share }), signal);
      remove(id);
      onAdded(file.name);
    } catch (error) {
      if (signal.aborted) remove(id);
      else change(id, { problem: sentenceOf(error) });
    }
  };
  const send = (files: File[]) => {
    for (const file of files) {
      last.current += 1;
      const id = last.current;
      const controller = new AbortController();
      const stop = () => {
        controller.abort();
        remove(id);
      };
      setUploads((list) => [...list, { id, name: file.name, size: file.size, share: 0, stop }]);
      queue.current = queue.current.then(() => sendOne(id, file, controller.signal));
    }
  };
  return { uploads, send };
}
