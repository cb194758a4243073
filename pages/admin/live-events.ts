import { useEffect, useState } from 'react';
import { createClient } from 'graphql-ws/client';
import { API, client, webSocket } from '../client.js';
import {
  AuditEventRecordedDocument,
  type AuditEventRecordedSubscription,
} from '../generated/documents.js';
import type { AuditFilter } from './filter.js';
import { useAccess } from './use-access.js';
import type { AuditEvent } from './use-event-pages.js';

export type LiveState = 'off' | 'connecting' | 'live';

/** Receives audit events as they are recorded, while `isOn` and while the signature is fresh. */
export function useLiveEvents(
  filter: AuditFilter,
  isOn: boolean,
  onEvent: (event: AuditEvent) => void,
  onReconnected: () => void,
): LiveState {
  const { isStale, expire } = useAccess();
  const [state, setState] = useState<LiveState>('off');
  const isOpen = isOn && !isStale;
  useEffect(() => {
    if (!isOpen) {
      setState('off');
      return;
    }
    setState('connecting');
    let isOver = false;
    let connections = 0;
    const socket = createClient({
      url: API.replace(/^http/, 'ws'),
      webSocketImpl: webSocket,
      connectionParams: async () => {
        const token = await client.accessToken();
        return token === undefined ? {} : { authorization: `Bearer ${token}` };
      },
      retryAttempts: Infinity,
      shouldRetry: () => true,
      on: {
        connected: () => {
          connections += 1;
          setState('live');
          // Events may have been missed in between.
          if (connections > 1) onReconnected();
        },
        closed: () => {
          if (!isOver) setState('connecting');
        },
      },
    });
    const stop = socket.subscribe<AuditEventRecordedSubscription>(
      { query: String(AuditEventRecordedDocument), variables: { ...filter } },
      {
        next: ({ data }) => {
          if (data) onEvent(data.auditEventRecorded);
        },
        // The service completes it when the signature is no longer fresh, and refuses it for the same reason.
        error: () => {
          if (!isOver) expire();
        },
        complete: () => {
          if (!isOver) expire();
        },
      },
    );
    return () => {
      isOver = true;
      stop();
      void socket.dispose();
    };
  }, [filter, isOpen, onEvent, onReconnected, expire]);
  return state;
}
