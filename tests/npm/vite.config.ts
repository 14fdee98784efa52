// How Vite builds the page: with the engine's parts in its HTML, and with a proxy to the game server.

import { ricochet } from 'ricochet-page/vite';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => ({
  plugins: [ricochet({ server: loadEnv(mode, '.', 'RICOCHET').RICOCHET_SERVER, games: ['ricochet-arena'] })],
}));
