import { englishTexts } from '../../client/doctor/english-texts.ts';

/** Texts of the page /check, fetched with it. The shape is the contract for the other languages. */
export const checkEnglish = {
  doctor: englishTexts,
  page: {
    title: 'Test the connection',
    lead: 'This page tries every way to this server for real, as in a meeting: for about fifteen seconds, with no more than a few megabytes. Nobody sees or hears you.',
    again: 'Test again',
    copy: 'Copy as text',
    copyHint: 'For support. There are no names in it.',
    progress: (done: number, all: number) => `Testing: ${done} of ${all} done`,
    network: 'Server and network',
    browser: 'Browser',
    devices: 'Camera and microphone',
    devicesHint: 'The browser asks for your consent. Nothing is recorded or sent.',
    tryCamera: 'Try the camera',
    tryMicrophone: 'Try the microphone',
  },
};
export type CheckTexts = typeof checkEnglish;
