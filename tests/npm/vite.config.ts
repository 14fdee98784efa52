import { ricochet } from 'ricochet-page/vite';
import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => ({
  plugins: [ricochet({ server: loadEnv(mode, '.', 'RICOCHET').RICOCHET_SERVER, games: ['ricochet-arena'] })],
}));
