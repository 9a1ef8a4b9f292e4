import * as Y from 'yjs';

const storeName = 'updates';
const marksName = 'unsaved';
const compactFrom = 200;

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
  });
}

function openDatabase(person: string): Promise<IDBDatabase> {
  const request = indexedDB.open(`parvis.documents.${person}`, 1);
  request.onupgradeneeded = () => {
    const updates = request.result.createObjectStore(storeName, { autoIncrement: true });
    updates.createIndex('document', 'document');
    request.result.createObjectStore(marksName);
  };
  return done(request);
}

interface Row {
  document: string;
  update: Uint8Array;
}

/**
 * The copy of one document on this device, per person. What is written without network waits here and survives
 * the closing of the page. A browser that refuses storage simply has no copy.
 */
export class LocalCopy {
  /** Something in the copy may be unknown to the server. */
  unsaved = false;
  private database: IDBDatabase | undefined;
  private count = 0;

  constructor(
    private readonly person: string,
    private readonly id: string,
    private readonly doc: Y.Doc,
  ) {}

  /** Fills the document with what was kept, then keeps what comes. */
  async open(): Promise<void> {
    try {
      this.database = await openDatabase(this.person);
      const transaction = this.database.transaction([storeName, marksName]);
      const rows = await done(
        transaction.objectStore(storeName).index('document').getAll(this.id) as IDBRequest<Row[]>,
      );
      this.unsaved = (await done<unknown>(transaction.objectStore(marksName).get(this.id))) === true;
      this.count = rows.length;
      if (rows.length > 0) Y.applyUpdate(this.doc, Y.mergeUpdates(rows.map((row) => row.update)), this);
    } catch {
      this.database = undefined;
    }
    this.doc.on('update', this.keep);
    if (this.count > compactFrom) this.compact();
  }

  get available(): boolean {
    return this.database !== undefined;
  }

  mark(unsaved: boolean): void {
    if (this.unsaved === unsaved) return;
    this.unsaved = unsaved;
    this.database?.transaction(marksName, 'readwrite').objectStore(marksName).put(unsaved, this.id);
  }

  /** Forgets the copy: the person may no longer read the document. */
  forget(): void {
    const store = this.database?.transaction(storeName, 'readwrite').objectStore(storeName);
    if (store) this.clear(store, () => undefined);
    this.mark(false);
  }

  close(): void {
    this.doc.off('update', this.keep);
    this.database?.close();
    this.database = undefined;
  }

  private readonly keep = (update: Uint8Array, origin: unknown): void => {
    if (origin === this) return;
    this.database
      ?.transaction(storeName, 'readwrite')
      .objectStore(storeName)
      .add({ document: this.id, update } satisfies Row);
  };

  private compact(): void {
    const store = this.database?.transaction(storeName, 'readwrite').objectStore(storeName);
    const update = Y.encodeStateAsUpdate(this.doc);
    if (store) this.clear(store, () => store.add({ document: this.id, update } satisfies Row));
  }

  private clear(store: IDBObjectStore, then: () => void): void {
    const request = store.index('document').openKeyCursor(IDBKeyRange.only(this.id));
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return then();
      store.delete(cursor.primaryKey);
      cursor.continue();
    };
  }
}
