// Behind the join screen: a few shells that ricochet off the window's edges and off the title's panel.

import { reducedMotion } from 'ricochet-page/settings.js';
import { palette } from './draw/palette.js';

const SHELLS = 5;
const SPEED_PX = 300;
const TRAIL = 46;

export class Attract {
  #canvas;
  #context;
  #shells = [];
  #sparks = [];
  #drawnAt = 0;

  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = canvas.getContext('2d', { alpha: false });
  }

  draw(now) {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = Math.min(2, devicePixelRatio || 1);
    const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== deviceWidth || this.#canvas.height !== deviceHeight || this.#shells.length === 0) {
      [this.#canvas.width, this.#canvas.height] = [deviceWidth, deviceHeight];
      this.#shells = Array.from({ length: SHELLS }, (_, index) => newShell(index, width, height));
    }
    const seconds = reducedMotion() ? 0 : Math.min(0.05, (now - this.#drawnAt) / 1_000);
    this.#drawnAt = now;
    const context = this.#context;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette.void;
    context.fillRect(0, 0, width, height);
    drawGrid(context, width, height);
    for (const shell of this.#shells) {
      this.#fly(shell, seconds, width, height);
      drawShell(context, shell);
    }
    this.#drawSparks(context, seconds);
  }

  #fly(shell, seconds, width, height) {
    shell.x += shell.vx * seconds;
    shell.y += shell.vy * seconds;
    let bounced = false;
    if (shell.x < 0 || shell.x > width) {
      shell.x = Math.min(Math.max(shell.x, 0), width);
      shell.vx = -shell.vx;
      bounced = true;
    }
    if (shell.y < 0 || shell.y > height) {
      shell.y = Math.min(Math.max(shell.y, 0), height);
      shell.vy = -shell.vy;
      bounced = true;
    }
    if (seconds > 0) {
      shell.trail.push(shell.x, shell.y);
      if (shell.trail.length > 2 * TRAIL) shell.trail.splice(0, 2);
    }
    for (let left = bounced ? 9 : 0; left > 0; left--) {
      const angle = Math.atan2(shell.vy, shell.vx) + (Math.random() - 0.5) * 2;
      const speed = 60 + 200 * Math.random();
      this.#sparks.push({ x: shell.x, y: shell.y, vx: Math.cos(angle) * speed, vy: Math.sin(angle) * speed, left: 0.5, colour: shell.colour });
    }
  }

  #drawSparks(context, seconds) {
    this.#sparks = this.#sparks.filter((spark) => (spark.left -= seconds) > 0);
    for (const spark of this.#sparks) {
      spark.x += spark.vx * seconds;
      spark.y += spark.vy * seconds;
      context.globalAlpha = spark.left * 2;
      context.fillStyle = spark.colour;
      context.fillRect(spark.x - 1, spark.y - 1, 2, 2);
    }
    context.globalAlpha = 1;
  }
}

function newShell(index, width, height) {
  const angle = [0.62, 2.3, 3.9, 5.4, 1.1][index % 5];
  const colour = index % 2 ? palette.foe : palette.own;
  const [x, y] = [width * (0.15 + 0.17 * index), height * (0.2 + 0.13 * index)];
  const [vx, vy] = [Math.cos(angle) * SPEED_PX, Math.sin(angle) * SPEED_PX];
  // With reduced motion nothing moves, so whole trails are drawn from the start.
  const trail = [];
  for (let back = TRAIL; back > 0; back--) trail.push(x - (vx * back) / 60, y - (vy * back) / 60);
  return { x, y, vx, vy, colour, trail };
}

function drawGrid(context, width, height) {
  context.beginPath();
  for (let x = (width / 2) % 64; x < width; x += 64) context.rect(x, 0, 1, height);
  for (let y = (height / 2) % 64; y < height; y += 64) context.rect(0, y, width, 1);
  context.fillStyle = '#10151d';
  context.fill();
}

function drawShell(context, { x, y, colour, trail }) {
  context.lineWidth = 2.5;
  context.lineCap = 'round';
  context.strokeStyle = colour;
  const parts = 6, points = trail.length / 2;
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * points) / parts), to = Math.min(points - 1, Math.floor(((part + 1) * points) / parts));
    context.globalAlpha = 0.06 + 0.09 * part;
    context.beginPath();
    context.moveTo(trail[2 * from], trail[2 * from + 1]);
    for (let point = from + 1; point <= to; point++) context.lineTo(trail[2 * point], trail[2 * point + 1]);
    context.stroke();
  }
  context.globalAlpha = 1;
  context.fillStyle = palette.white;
  context.beginPath();
  context.arc(x, y, 3, 0, 2 * Math.PI);
  context.fill();
}
