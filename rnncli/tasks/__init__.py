"""What a run learns, as training sees it: one class for each kind of task, alike from outside.

    config      Config, whatever the data decides in it
    data        what was read: has digest, files and notes
    encoder     what turns data into numbers and travels in the model file; size: what it tells the model of itself
    model       what is trained; batches: what it is trained on, pass after pass
    score       the name of the metric by which the best weights are chosen, the smaller the better
    hopeless    a loss above it, as a mean, says that a network is on its way to infinity

    ahead       names of what the use of the model needs to know ahead
    validates   whether there is a validation part

    get_ready(memory)       make the memory of evaluation
    evaluate(weights)       {name: number} of the validation part, `score` among them; None where there is none
    try_evaluation(weights) do a part of that; returns its share
    sample(weights)         a text or an Outlook by these weights
    describe(workers)       the data, the splits and the model, a line of words each
    arrays(), record()      tensors and JSON-ready values that the model file holds beside weights, config and encoder
    findings()              {name: array} of what the last evaluation found and a model needs later
"""


def load_task(config, encoder=None, progress=None):
    """The task that `config` (Config, its task decided) describes, its data read.

    encoder: of a stored model, or None to fit one; progress(done, total) is called while data is read, in bytes.
    Raises DataError, ConfigError, ResourceError.
    """
    if config.task == "forecast":
        from .forecast.task import ForecastTask

        return ForecastTask.load(config, encoder, progress)
    from .language.task import LanguageTask

    return LanguageTask.load(config, encoder, progress)
