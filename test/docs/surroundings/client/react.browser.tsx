import { createRoot } from 'react-dom/client';
import { button } from '../page.ts';

// <snippet>

createRoot(document.body.appendChild(document.createElement('main'))).render(<App />);
(await button('Sign in with wallet')).click();
(await button('Sign out eip155:0:0x')).click();
await button('Sign in with wallet');
if (!document.body.textContent?.includes('You were signed out: LOGOUT')) {
  throw new Error('The reason of the sign-out is missing.');
}
