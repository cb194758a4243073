/** Listeners by the name of what they listen to. */
export interface Events<Map> {
  /** The function returned takes the listener away again. It returns whether the listener was still there. */
  on<Name extends keyof Map>(name: Name, listener: (event: Map[Name]) => void): () => boolean;
  emit<Name extends keyof Map>(name: Name, event: Map[Name]): void;
}

export function createEvents<EventMap>(): Events<EventMap> {
  type Entry = readonly [keyof EventMap, (event: never) => void];
  const entries = new Set<Entry>();
  return {
    on(name, listener) {
      const entry: Entry = [name, listener];
      entries.add(entry);
      return () => entries.delete(entry);
    },
    emit(name, event) {
      for (const [heard, listener] of [...entries]) {
        if (heard !== name) continue;
        try {
          listener(event as never);
        } catch (error) {
          // As the DOM does it: a listener's defect is the page's, and stops nothing here.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
