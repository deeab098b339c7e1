/** Starts the console on its page. */
import { adoptStyles, en, loadErrorTexts } from '../../widget/src/reading.ts';
import { ConsoleApp } from './console-app.ts';
import { consoleStyles } from './console-styles.ts';
import { defineTranscript } from './console-transcript.ts';

adoptStyles(document, [consoleStyles]);
defineTranscript();
const root = document.createElement('div');
root.id = 'console';
document.body.append(root);
void loadErrorTexts(en);
void new ConsoleApp(root).start();
