/** Inside the frame: defines the element; the playground's page makes one and sets it. */
import '@rivulet/widget/define';
