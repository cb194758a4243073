import { useEffect } from 'react';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

/** GraphiQL's editors follow the colours of the system when these change, as the rest of GraphiQL does. */
export function useSystemColors(): void {
  const theme = useGraphiQL((state) => state.theme);
  const { setTheme } = useGraphiQLActions();
  useEffect(() => {
    // The user has selected one.
    if (theme !== null) return;
    const system = matchMedia('(prefers-color-scheme: dark)');
    const follow = () => {
      setTheme(null);
    };
    system.addEventListener('change', follow);
    return () => {
      system.removeEventListener('change', follow);
    };
  }, [theme, setTheme]);
}

/**
 * Names the editors, and lets a keyboard leave them. Tab reaches the frame of an editor. Enter goes from there into the editor,
 * where Tab indents, and Escape goes back (WCAG 2.1.2, No Keyboard Trap). The style sheet shows the description of the frame
 * that has the focus.
 */
export function useEditorKeys(): void {
  const operation = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);
  const headers = useGraphiQL((state) => state.headerEditor);
  const response = useGraphiQL((state) => state.responseEditor);
  useEffect(() => {
    const listening = new AbortController();
    const editors = {
      'Operation editor': operation,
      'Variables editor': variables,
      'Headers editor': headers,
      Response: response,
    };
    for (const [name, editor] of Object.entries(editors)) {
      const frame = editor?.getContainerDomNode();
      if (frame === undefined) continue;
      frame.role = 'group';
      frame.ariaLabel = name;
      frame.ariaDescription = `Enter: ${editor === response ? 'read' : 'edit'} · Esc: leave`;
      // On its parent, because the editor stops the event there if it has something to close itself, such as a list of suggestions.
      frame.parentElement?.addEventListener(
        'keydown',
        ({ key }) => {
          if (key === 'Escape') frame.focus();
        },
        listening,
      );
    }
    return () => {
      listening.abort();
    };
  }, [operation, variables, headers, response]);
}
