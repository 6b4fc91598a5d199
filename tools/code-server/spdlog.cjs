// Stands in for @vscode/spdlog, whose native part is not compiled here: without it the editor writes
// no logs, and its Output view stays empty. Same interface; no rotation, as these profiles live short.
const fs = require("node:fs");
const path = require("node:path");

const LEVELS = ["trace", "debug", "info", "warning", "error", "critical"];

class Logger {
  #file;
  #level = LEVELS.indexOf("info");
  #formatted = true;

  constructor(_kind, _name, file) {
    this.#file = file;
    fs.writeFileSync(file, "", { flag: "a" });
  }

  trace(message) {
    this.#write(0, message);
  }

  debug(message) {
    this.#write(1, message);
  }

  info(message) {
    this.#write(2, message);
  }

  warn(message) {
    this.#write(3, message);
  }

  error(message) {
    this.#write(4, message);
  }

  critical(message) {
    this.#write(5, message);
  }

  getLevel() {
    return this.#level;
  }

  setLevel(level) {
    this.#level = level;
  }

  setPattern() {
    this.#formatted = true;
  }

  clearFormatters() {
    this.#formatted = false;
  }

  // Every message is in the file when its call returns.
  flush() {}

  drop() {}

  #write(level, message) {
    if (level < this.#level) {
      return;
    }
    const time = new Date().toISOString().replace("T", " ").replace("Z", "");
    const line = this.#formatted ? `${time} [${LEVELS[level]}] ${message}\n` : message;
    fs.appendFileSync(this.#file, line);
  }
}

async function createLogger(name, file) {
  await fs.promises.mkdir(path.dirname(file), { recursive: true });
  return new Logger("rotating", name, file);
}

// One by one: an ES module that imports this sees only names that are assigned like this.
exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = createLogger;
exports.createAsyncRotatingLogger = createLogger;
