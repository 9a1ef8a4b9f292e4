import { apiPath, csrfToken, refusal, unreachable } from '../api/client';
import type { FileEntry } from '../api/schema';

/** Sends one file as it is (no form wrapping) and says how far it is. Rejects with an ApiError. */
export function sendFile<T>(
  path: string,
  file: File,
  onProgress: (share: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', apiPath(path, { name: file.name }));
    request.setRequestHeader('X-Parvis-CSRF', csrfToken());
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Content-Type', file.type || 'application/octet-stream');
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      let body: unknown;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        body = undefined;
      }
      if (request.status >= 200 && request.status < 300) resolve(body as T);
      else reject(refusal(request.status, body));
    };
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new DOMException('Upload stopped', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort());
    request.send(file);
  });
}

export const uploadFile = (
  space: string,
  file: File,
  onProgress: (share: number) => void,
  signal?: AbortSignal,
): Promise<FileEntry> => sendFile<FileEntry>(`/spaces/${space}/files`, file, onProgress, signal);

export const contentPath = (id: string): string => apiPath(`/files/${id}/content`);
export const previewPath = (id: string): string => apiPath(`/files/${id}/preview`);
