import { createRoot } from 'react-dom/client';
import { button } from '../page.ts';

// <snippet>

createRoot(document.body.appendChild(document.createElement('main'))).render(<App />);
await button('Connect Wallet');
client.close();
